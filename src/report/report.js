
'use strict';
(() => {
  const $ = id => document.getElementById(id);
  const LISTED = 200, MARKED = 2000;
  const fold = text => text.toLowerCase();

  // What each document and cut has, read once.
  const docs = [...document.querySelectorAll('.doc')].map(el => ({
    el, status: el.dataset.status, site: el.dataset.site || '', lang: el.dataset.lang || '',
    cuts: [...el.querySelectorAll('del')].map(del => ({
      del, kind: del.dataset.k, rule: del.dataset.r, confidence: Number(del.dataset.c), within: 'w' in del.dataset,
    })),
  }));
  const textOf = doc => doc.text ??= fold(doc.el.textContent);

  // The choices there are, with how many documents have each.
  const offer = (id, of) => {
    const counts = new Map();
    for (const doc of docs) for (const value of new Set(of(doc))) if (value) counts.set(value, (counts.get(value) || 0) + 1);
    for (const [value, count] of [...counts].sort((a, b) => a[0] < b[0] ? -1 : 1)) {
      $(id).append(new Option(`${value} (${count})`, value));
    }
    $(id).parentElement.hidden = counts.size === 0;
  };
  offer('kind', doc => doc.cuts.map(cut => cut.kind));
  offer('rule', doc => doc.cuts.map(cut => cut.rule));
  offer('status', doc => [doc.status]);
  offer('site', doc => [doc.site]);
  offer('lang', doc => [doc.lang]);
  $('filters').hidden = false;

  // Filters.
  let passed = [];
  const sampled = 'sampled' in $('documents').dataset;
  const apply = () => {
    const [kind, rule, status, site, lang] = ['kind', 'rule', 'status', 'site', 'lang'].map(id => $(id).value);
    const most = Number($('confidence').value), search = fold($('search').value.trim()), asList = $('as-list').checked;
    $('at-most').value = most.toFixed(2);
    const ofCuts = Boolean(kind || rule || most < 1);
    passed = [];
    let shown = 0;
    for (const doc of docs) {
      const fits = (!status || doc.status === status) && (!site || doc.site === site) && (!lang || doc.lang === lang);
      let cuts = 0;
      for (const cut of doc.cuts) {
        let passes = fits && (!kind || cut.kind === kind) && (!rule || cut.rule === rule) && cut.confidence <= most;
        if (passes && search && asList) passes = fold(cut.del.textContent).includes(search);
        cut.del.classList.toggle('off', ofCuts && !passes);
        if (passes) { cuts++; passed.push(cut); cut.doc = doc; }
      }
      const shows = fits && (!ofCuts || cuts > 0) && (asList || !search || textOf(doc).includes(search));
      doc.el.hidden = !shows;
      if (!shows && !asList) passed.length -= cuts;
      // What was looked for is seen at once.
      if (shows && shown++ < 3 && (ofCuts || search)) doc.el.open = true;
    }
    $('all').hidden = asList;
    $('list').hidden = !asList;
    if (asList) list();
    mark(asList ? '' : search);
    const plural = (count, thing) => `${count} ${thing}${count === 1 ? '' : 's'}`;
    const limited = asList && passed.length > LISTED ? `; the first ${LISTED} are listed` : '';
    const all = sampled && shown < docs.length ? ` among the ${docs.length} documents that are in this report` : '';
    $('found').textContent = (asList ? '' : `${plural(shown, 'document')}, `) + plural(passed.length, 'cut') + all + limited;
  };

  // All cuts that pass, the least sure first.
  const list = () => {
    passed.sort((a, b) => a.confidence - b.confidence || b.del.textContent.length - a.del.textContent.length);
    const rows = passed.slice(0, LISTED).map(cut => {
      const row = document.createElement('li'), button = document.createElement('button');
      const piece = (name, text, kind) => {
        const el = document.createElement(name);
        el.textContent = text;
        if (kind) el.className = kind;
        button.append(el, ' ');
        return el;
      };
      button.type = 'button';
      piece('span', cut.kind, `kind ${cut.kind}`);
      piece('b', cut.confidence.toFixed(2));
      piece('code', cut.rule);
      piece('bdi', cut.del.textContent.slice(0, 240), 'cut');
      piece('small', cut.doc.el.querySelector('.id').textContent);
      button.addEventListener('click', () => { $('as-list').checked = false; apply(); go(cut.del); });
      row.append(button);
      return row;
    });
    $('list').replaceChildren(...rows);
  };

  // What was searched for, marked where the browser can do so without changing the page.
  const mark = search => {
    if (!('highlights' in CSS)) return;
    CSS.highlights.delete('search');
    if (!search) return;
    const ranges = [];
    for (const doc of docs) {
      if (doc.el.hidden) continue;
      const walk = document.createTreeWalker(doc.el, NodeFilter.SHOW_TEXT);
      for (let node; (node = walk.nextNode()) && ranges.length < MARKED;) {
        const text = fold(node.data);
        // Where a letter changes its length, places can no longer be told.
        if (text.length !== node.data.length) continue;
        for (let at = -1; (at = text.indexOf(search, at + 1)) >= 0;) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, at + search.length);
          ranges.push(range);
        }
      }
    }
    CSS.highlights.set('search', new Highlight(...ranges));
  };

  const go = del => {
    for (let el = del.closest('details'); el; el = el.parentElement.closest('details')) el.open = true;
    del.scrollIntoView({ block: 'center' });
    del.focus({ preventScroll: true });
  };

  const step = by => {
    const cuts = $('as-list').checked ? [...$('list').querySelectorAll('button')]
      : passed.filter(cut => !cut.doc.el.hidden).map(cut => cut.del);
    if (!cuts.length) return;
    const at = cuts.indexOf(document.activeElement);
    go(cuts[at < 0 ? (by > 0 ? 0 : cuts.length - 1) : (at + by + cuts.length) % cuts.length]);
  };

  // A rule that keeps or cuts what was chosen.
  let chosen = null;
  const quoted = text => JSON.stringify(text).replaceAll('\x7f', '\\u007f');
  const hash = text => {
    let sum = 2166136261;
    for (const c of text) sum = Math.imul(sum ^ c.codePointAt(0), 16777619) >>> 0;
    return sum.toString(16).padStart(8, '0');
  };
  const wholeText = del => del.firstChild?.nodeType === Node.TEXT_NODE ? del.firstChild.data : '';
  // Longer lines than of 40 words are only looked at if a rule says so. Letters that stand without spaces may be words.
  const wordsOf = text => text.split(/\s+/).length
    + (text.match(/[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/gu) || []).length;
  const ruleOf = (del, action) => {
    const kind = del.dataset.k, protect = action === 'protect', isPart = 'w' in del.dataset;
    const text = wholeText(del), isShortened = del.querySelector('i') !== null;
    const lines = text.split('\n').map(line => line.trim()).filter(Boolean);
    // Of several lines the last may be only the beginning of one.
    if (isShortened && lines.length > 1) lines.pop();
    const isBeginning = isShortened && lines.length === 1;
    const rows = ['[[rule]]', `id = "${kind}.${protect ? 'keep' : 'cut'}_${hash(text)}"`, `kind = "${kind}"`];
    const scope = !isPart ? 'line' : protect ? 'contains' : 'inline';
    rows.push(`scope = "${scope}"`);
    if (protect) rows.push('action = "protect"');
    // A phrase is the better rule; not all can be said by one.
    if (scope === 'inline' || isBeginning || !lines.every(line => /[\p{L}\p{N}]/u.test(line))) {
      const literal = lines.map(line => line.replace(/[.*+?^${}()|[\]\\\/#&~-]/g, '\\$&'));
      const pattern = literal.length > 1 ? `(?:${literal.join('|')})` : literal[0] ?? '';
      rows.push('raw = true', `pattern = ${quoted(isPart ? pattern : `^${pattern}${isBeginning ? '.*' : ''}$`)}`);
    } else {
      rows.push(lines.length === 1 ? `phrases = [${quoted(lines[0])}]` : `phrases = [\n${lines.map(line => `  ${quoted(line)},\n`).join('')}]`);
    }
    const more = isShortened ? Number(del.dataset.more) : 0;
    const words = Math.max(...lines.map(wordsOf)) + more;
    if (words > 40 && scope !== 'inline') rows.push(`max_words = ${words}`);
    return rows.join('\n') + '\n';
  };
  const write = () => {
    const action = document.querySelector('[name=action]:checked').value;
    $('panel-rule').value = ruleOf(chosen, action);
    $('copied').textContent = '';
  };
  const open = del => {
    chosen = del;
    const { k, r, c } = del.dataset;
    $('panel-title').textContent = `Cut as ${k}`;
    const of = del.closest('.doc, li')?.querySelector('.id')?.textContent;
    $('panel-said').textContent = `by the rule ${r}, ${c} sure` + (of ? `, in ${of}` : '');
    $('panel-text').textContent = wholeText(del);
    $('panel-note').textContent = 'Paste it into a file of your own, and give that with --rules.'
      + (wholeText(del).includes('\ufffd') ? ' The text holds signs that cannot be shown; the rule may not match it.' : '');
    write();
    $('panel').showModal();
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText($('panel-rule').value);
    } catch {
      $('panel-rule').select();
      if (!document.execCommand('copy')) {
        $('copied').textContent = 'Select it and press Ctrl+C.';
        return;
      }
    }
    $('copied').textContent = 'Copied.';
  };

  // Some ways to choose tell only that something has changed.
  for (const event of ['input', 'change']) $('filters').addEventListener(event, apply);
  $('filters').addEventListener('submit', event => event.preventDefault());
  $('filters').addEventListener('reset', () => setTimeout(apply));
  $('panel').addEventListener('input', write);
  $('panel').addEventListener('close', () => chosen?.focus());
  $('copy').addEventListener('click', copy);
  $('close').addEventListener('click', () => $('panel').close());
  document.addEventListener('click', event => {
    const link = event.target.closest('[data-set]'), del = event.target.closest('del[data-r]');
    const to = event.target.closest('.examples a')?.getAttribute('href'), target = to && $(to.slice(1));
    if (link) {
      $('filters').reset();
      setTimeout(() => { $(link.dataset.set).value = link.dataset.to; apply(); });
    } else if (target) {
      // It may be filtered out, and it is closed.
      $('filters').reset();
      setTimeout(() => {
        apply();
        target.open = true;
        target.scrollIntoView();
        target.querySelector('summary').focus({ preventScroll: true });
      });
    } else if (del && !String(getSelection())) {
      open(del);
    }
  });
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || $('panel').open) return;
    if (event.target.closest('input, select, textarea')) return;
    if (event.key === '/') { event.preventDefault(); $('search').focus(); }
    else if (event.key === 'n') step(1);
    else if (event.key === 'p') step(-1);
    else if (event.key === 'Enter' && event.target.closest('del[data-r]')) { event.preventDefault(); open(event.target.closest('del')); }
  });
  apply();
})();
