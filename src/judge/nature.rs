//! Pages that hold no main text: errors, login walls, results of a search, section fronts.

use crate::detect::View;
use crate::html::names::Tag;
use crate::segment::Nature;

/// What titles and headlines of such pages say, folded, as a whole or at an edge.
const SAID: &[&str] = &[
    // Errors.
    "404",
    "403",
    "500",
    "error",
    "page not found",
    "not found",
    "access denied",
    "forbidden",
    "service unavailable",
    "page unavailable",
    "page can’t be found",
    "page can't be found",
    "page cannot be found",
    "page does not exist",
    "page doesn’t exist",
    "just a moment",
    "attention required!",
    "security check",
    "are you a robot?",
    "seite nicht gefunden",
    "nicht gefunden",
    "fehler",
    "page introuvable",
    "page non trouvee",
    "page non trouvée",
    "página no encontrada",
    "pagina no encontrada",
    "página não encontrada",
    "pagina non trovata",
    "pagina niet gevonden",
    "nie znaleziono strony",
    "strona nie istnieje",
    "страница не найдена",
    "сторінку не знайдено",
    "sidan hittades inte",
    "siden blev ikke fundet",
    "siden ble ikke funnet",
    "sivua ei löytynyt",
    "sayfa bulunamadı",
    "stránka nenalezena",
    "ページが見つかりません",
    "页面不存在",
    "找不到网页",
    "페이지를 찾을 수 없습니다",
    "الصفحة غير موجودة",
    "η σελίδα δεν βρέθηκε",
    // Logging in.
    "log in",
    "login",
    "sign in",
    "sign in to continue",
    "sign in to your account",
    "log in to your account",
    "log in to continue",
    "please log in",
    "please sign in",
    "anmelden",
    "einloggen",
    "anmeldung",
    "connexion",
    "se connecter",
    "iniciar sesión",
    "iniciar sessão",
    "entrar",
    "accedi",
    "inloggen",
    "zaloguj się",
    "logowanie",
    "войти",
    "вход",
    "увійти",
    "logga in",
    "log ind",
    "logg inn",
    "kirjaudu",
    "giriş yap",
    "přihlášení",
    "ログイン",
    "登录",
    "로그인",
    // Searching.
    "search",
    "search results",
    "search results for",
    "results for",
    "suche",
    "suchergebnisse",
    "suchergebnisse für",
    "résultats de recherche",
    "résultats de la recherche",
    "resultados de búsqueda",
    "resultados de la búsqueda",
    "resultados da pesquisa",
    "resultados da busca",
    "risultati della ricerca",
    "zoekresultaten",
    "wyniki wyszukiwania",
    "результаты поиска",
    "sökresultat",
    "søgeresultater",
    "søkeresultater",
    "hakutulokset",
    "arama sonuçları",
    "výsledky vyhledávání",
    "検索結果",
    "搜索结果",
];

/// With more running text than this many words a page has a text, whatever it is called.
const LITTLE: u32 = 90;

/// Whether a page holds no main text: `kept` words of running text would be left.
pub(super) fn has_no_text(view: &View<'_>, kept: u32) -> bool {
    let Some(page) = &view.page else { return false };
    if page.nature() == Nature::Article {
        return false;
    }
    kept < LITTLE && says_so(view) || is_front(view)
}

/// Whether the title or a headline says that this is such a page.
fn says_so(view: &View<'_>) -> bool {
    let title = view.hints.title.as_deref().map(str::to_lowercase);
    let headlines = (0..view.len())
        .filter(|at| view.page.as_ref().is_some_and(|page| page.place(*at).tag == Tag::H1))
        .take(3)
        .map(|at| view.text(at).to_lowercase());
    title.into_iter().chain(headlines).any(|line| is_said(line.trim_matches(|c: char| !c.is_alphanumeric())))
}

/// Whether a title, in lower case, is that of a page without a text: one of the phrases, or a short line
/// that begins or ends with one.
fn is_said(line: &str) -> bool {
    /// Shorter phrases are words of any headline.
    const TELLING: usize = 9;
    let is_apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    line.chars().count() <= 80
        && SAID.iter().any(|said| {
            let begins = line.strip_prefix(said).is_some_and(|rest| is_apart(rest.chars().next()));
            let ends = line.strip_suffix(said).is_some_and(|rest| is_apart(rest.chars().next_back()));
            let more = line.split_whitespace().count().saturating_sub(said.split_whitespace().count());
            (begins || ends)
                && (more == 0 || more <= 6 && said.chars().count() >= TELLING || more <= 3 && said.len() < 4)
        })
}

/// Whether it is the front of a section: many headlines that are links, and nowhere two paragraphs
/// in a row.
fn is_front(view: &View<'_>) -> bool {
    /// So many linked headlines make a front.
    const MANY: usize = 10;
    let Some(page) = &view.page else { return false };
    let is_heading =
        |at: &usize| matches!(page.place(*at).tag, Tag::H1 | Tag::H2 | Tag::H3 | Tag::H4 | Tag::H5 | Tag::H6);
    let linked =
        (0..view.len()).filter(is_heading).filter(|at| page.place(*at).linked > 0.8 && view.shape(*at).words > 3);
    let dated = (0..view.len()).filter(|at| page.marks(*at).any(crate::html::marks::Marks::DATE)).count();
    let mut run = 0;
    let runs = (view.layout.start..view.layout.end).map(|at| {
        run = if view.shape(at).is_prose() && page.place(at).linked < 0.3 { run + 1 } else { 0 };
        run
    });
    linked.count() >= MANY && dated >= MANY / 2 && runs.max().unwrap_or(0) < 2
}
