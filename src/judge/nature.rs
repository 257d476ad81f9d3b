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
        .map(|at| view.folded(at).to_owned());
    title.into_iter().chain(headlines).any(|line| {
        let line = line.trim();
        line.chars().count() <= 80
            && SAID.iter().any(|said| {
                let rest = line.strip_prefix(said).or_else(|| line.strip_suffix(said));
                rest.is_some_and(|rest| {
                    // Not a part of a word, and not the beginning of a sentence.
                    rest.is_empty()
                        || !rest.starts_with(char::is_alphanumeric) && !rest.ends_with(char::is_alphanumeric)
                        || rest.starts_with([' ', ' ']) && said.len() > 12
                })
            })
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
    let longest = view.layout.start..view.layout.end;
    let longest = longest.map(|at| {
        run = if view.shape(at).is_prose() && page.place(at).linked < 0.3 { run + 1 } else { 0 };
        run
    });
    linked.count() >= MANY && dated >= MANY / 2 && longest.max().unwrap_or(0) < 2
}
