//! Plots, as inline SVG. Colours come from the style sheet, so that they follow light and dark.

use std::fmt::Write;

use crate::output::thousands;

/// The width of a bar that is full.
const FULL: f64 = 160.0;

/// A bar for a share of the largest; the number beside it says the same.
#[expect(clippy::cast_precision_loss, reason = "a length on the screen")]
pub(super) fn bar(count: u64, most: u64, class: &str) -> String {
    let width = FULL * count as f64 / most.max(1) as f64;
    // What is there is seen.
    let width = if count > 0 { width.max(1.5) } else { 0.0 };
    format!(
        "<svg class=\"bar {class}\" viewBox=\"0 0 {FULL} 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect width=\"{width:.1}\" height=\"12\" rx=\"2\"/></svg>"
    )
}

/// How many documents there are by the share that was cut, in steps of equal size from 0 to 100 %.
#[expect(clippy::cast_precision_loss, reason = "lengths on the screen")]
pub(super) fn histogram(counts: &[u64]) -> String {
    const WIDTH: f64 = 640.0;
    const HEIGHT: f64 = 160.0;
    let (left, top, bottom) = (8.0, 20.0, 44.0);
    let step = WIDTH / counts.len().max(1) as f64;
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let (all_width, all_height) = (WIDTH + 2.0 * left, top + HEIGHT + bottom);
    let mut svg = format!(
        "<svg class=\"histogram\" viewBox=\"0 0 {all_width} {all_height}\" role=\"img\" \
         aria-labelledby=\"histogram-title\"><title id=\"histogram-title\">Documents by the share of their characters \
         that was cut: {}</title>",
        in_words(counts)
    );
    // Writing to a string does not fail.
    for (at, count) in counts.iter().enumerate() {
        let (x, height) = (left + at as f64 * step, HEIGHT * *count as f64 / most as f64);
        let height = if *count > 0 { height.max(1.5) } else { 0.0 };
        let y = top + HEIGHT - height;
        let (wide, middle) = (step - 3.0, x + step / 2.0);
        let _ = write!(svg, "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{height:.1}\" rx=\"2\"/>");
        if *count > 0 {
            let over = y - 4.0;
            let _ = write!(svg, "<text class=\"count\" x=\"{middle:.1}\" y=\"{over:.1}\">{}</text>", thousands(*count));
        }
    }
    let base = top + HEIGHT;
    let _ = write!(svg, "<path d=\"M{left} {base}h{WIDTH}\"/>");
    for tick in 0..=5 {
        let x = left + WIDTH * f64::from(tick) / 5.0;
        let anchor = ["start", "middle", "end"][usize::from(tick > 0) + usize::from(tick == 5)];
        let below = base + 17.0;
        let _ = write!(svg, "<text x=\"{x}\" y=\"{below}\" text-anchor=\"{anchor}\">{} %</text>", tick * 20);
    }
    let (middle, below) = (left + WIDTH / 2.0, base + 37.0);
    let _ = write!(
        svg,
        "<text x=\"{middle}\" y=\"{below}\" text-anchor=\"middle\">share of a document’s characters that was \
         cut</text></svg>"
    );
    svg
}

/// The same for those who do not see it.
fn in_words(counts: &[u64]) -> String {
    let step = 100 / counts.len().max(1);
    let said = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let said = said.map(|(at, count)| format!("{} to {} %: {}", at * step, (at + 1) * step, thousands(*count)));
    said.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        assert!(bar(5, 10, "ad").contains("<rect width=\"80.0\""));
        assert!(bar(10, 10, "ad").contains("<rect width=\"160.0\""));
        assert!(bar(1, 1_000_000, "ad").contains("<rect width=\"1.5\""), "what is there is seen");
        assert!(bar(0, 0, "ad").contains("<rect width=\"0.0\""));
    }

    #[test]
    fn a_histogram_says_in_words_what_it_shows() {
        let svg = histogram(&[3, 0, 0, 1500]);
        assert!(svg.contains("0 to 25 %: 3, 75 to 100 %: 1,500"), "{svg}");
        assert_eq!(svg.matches("<rect").count(), 4);
        assert!(svg.contains("height=\"160.0\"") && svg.contains("height=\"0.0\""));
    }
}
