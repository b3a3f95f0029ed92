//! House rules, read off the manifests and the sources: layers stand on lower ones only, some crates belong to one layer, nothing
//! asks the clock or chance outside `clock.rs`, files stay under 600 lines and functions under 70, and every code of a
//! finding stands in one place.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::Visit;

const MAX_FILE_LINES: usize = 600;
const MAX_FUNCTION_LINES: usize = 70;

/// Layer, and the layers below it on which its manifest may stand. Cargo holds the sources to the manifests.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("pdf", &["domain"]),
    ("import", &["domain"]),
    ("store", &["domain"]),
    ("app", &["store", "pdf", "import", "domain"]),
    ("web", &["app", "domain"]),
];

/// Crates that one layer alone may have in its manifest; `cli` is the root package.
const OWNED_CRATES: &[(&str, &str)] = &[
    ("printpdf", "pdf"),
    ("lopdf", "pdf"),
    ("subsetter", "pdf"),
    ("qrcodegen", "pdf"),
    ("calamine", "import"),
    ("zip", "import"),
    ("flate2", "import"),
    ("quick-xml", "import"),
    ("rust_xlsxwriter", "import"),
    ("encoding_rs", "import"),
    ("sqlx", "store"),
    ("argon2", "app"),
    ("totp-rs", "app"),
    ("age", "app"),
    ("chacha20poly1305", "app"),
    ("axum", "web"),
    ("axum-server", "web"),
    ("hyper-util", "web"),
    ("rustls", "web"),
    ("tower", "web"),
    ("tower-http", "web"),
    ("askama", "web"),
    ("form_urlencoded", "web"),
    ("clap", "cli"),
];

/// All that the manifest of `domain` may name.
const DOMAIN_CRATES: &[&str] = &[
    "serde",
    "serde_json",
    "serde_json_canonicalizer",
    "serde_path_to_error",
    "toml",
    "thiserror",
    "sha2",
    "hmac",
    "ed25519-dalek",
    "curve25519-dalek",
    "subtle",
    "base64",
    "zeroize",
    "jiff",
    "unicode-normalization",
    "uuid",
];

/// Asking the outside world for the time or for chance; the order of a hash map is chance too.
const IMPURE_CALLS: &[(&str, &str)] = &[
    ("SystemTime", "now"),
    ("Instant", "now"),
    ("Timestamp", "now"),
    ("Zoned", "now"),
    ("OsRng", ""),
    ("getrandom", ""),
    ("HashMap", ""),
    ("HashSet", ""),
];

pub struct Source {
    pub path: PathBuf,
    pub layer: String,
    text: String,
    ast: syn::File,
}

impl Source {
    /// The code without test modules, and without `pub use`: a re-export is no use.
    pub fn without_tests_and_exports(&self) -> syn::File {
        let mut ast = syn::parse_file(&self.text).expect("it was parsed before");
        ast.items.retain(|item| match item {
            syn::Item::Mod(module) => module.ident != "tests",
            syn::Item::Use(used) => matches!(used.vis, syn::Visibility::Inherited),
            _ => true,
        });
        ast
    }
}

pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(files.len() > 10, "the sources were not found under {}", root.display());
    files.into_iter().map(|path| parse(&root, path)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("folder of sources") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn parse(root: &Path, path: PathBuf) -> Source {
    let text = fs::read_to_string(&path).expect("source");
    let ast = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let inside = path.strip_prefix(root).expect("below src").with_extension("");
    let layer = inside.iter().next().expect("a part").to_string_lossy().into_owned();
    Source { layer, path, text, ast }
}

/// Every path that a file names, from `use` trees and from expressions and types, as its segments.
#[derive(Default)]
pub struct Paths(Vec<(usize, Vec<String>)>);

impl Paths {
    pub fn of(ast: &syn::File) -> Vec<(usize, Vec<String>)> {
        let mut paths = Self::default();
        paths.visit_file(ast);
        paths.0
    }

    fn in_expression(expression: &syn::Expr) -> Vec<(usize, Vec<String>)> {
        let mut paths = Paths::default();
        paths.visit_expr(expression);
        paths.0
    }

    fn walk(&mut self, tree: &syn::UseTree, before: &[String]) {
        let mut here = before.to_vec();
        match tree {
            syn::UseTree::Path(p) => {
                here.push(p.ident.to_string());
                self.walk(&p.tree, &here);
            }
            syn::UseTree::Group(g) => g.items.iter().for_each(|item| self.walk(item, &here)),
            syn::UseTree::Name(n) => {
                here.push(n.ident.to_string());
                self.0.push((n.span().start().line, here));
            }
            syn::UseTree::Rename(r) => {
                here.push(r.ident.to_string());
                self.0.push((r.span().start().line, here));
            }
            syn::UseTree::Glob(g) => self.0.push((g.span().start().line, here)),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.walk(&item.tree, &[]);
    }

    /// `pub(super)` says who may see an item, and uses nothing.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.0.push((path.span().start().line, segments));
        syn::visit::visit_path(self, path);
    }

    /// What stands inside `format!` and its like is code too.
    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.visit_path(&called.path);
        let arguments = Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
        for argument in called.parse_body_with(arguments).into_iter().flatten() {
            self.0.extend(Self::in_expression(&argument));
        }
    }
}

/// Names under `[dependencies]` of a layer's manifest.
fn dependencies(manifest: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(manifest);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let manifest: toml::Table = toml::from_str(&text).expect("a manifest");
    manifest["dependencies"].as_table().expect("[dependencies]").keys().cloned().collect()
}

/// Every manifest: layer, file.
fn manifests() -> Vec<(&'static str, String)> {
    let layers = LAYERS.iter().map(|(layer, _)| (*layer, format!("src/{layer}/Cargo.toml")));
    layers.chain([("cli", "Cargo.toml".to_owned())]).collect()
}

#[test]
fn arrows_between_layers_point_down_only() {
    let layers: Vec<&str> = LAYERS.iter().map(|(layer, _)| *layer).collect();
    for (layer, below) in LAYERS {
        let named = dependencies(&format!("src/{layer}/Cargo.toml"));
        let wrong: Vec<_> =
            named.iter().filter(|d| layers.contains(&d.as_str()) && !below.contains(&d.as_str())).collect();
        assert!(wrong.is_empty(), "{layer} stands on {wrong:?}");
    }
}

#[test]
fn crates_stay_in_the_layer_that_owns_them() {
    let owners: BTreeMap<&str, &str> = OWNED_CRATES.iter().copied().collect();
    let mut wrong = Vec::new();
    for (layer, manifest) in manifests() {
        for name in dependencies(&manifest) {
            if owners.get(name.as_str()).is_some_and(|owner| *owner != layer) {
                wrong.push(format!("{manifest}: {name} belongs to {}", owners[name.as_str()]));
            }
            if layer == "domain" && !DOMAIN_CRATES.contains(&name.as_str()) {
                wrong.push(format!("{manifest}: domain may not name {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "crates outside their layer:\n{}", wrong.join("\n"));
}

#[test]
fn time_and_chance_are_arguments() {
    let mut wrong = Vec::new();
    for source in sources() {
        if source.path.ends_with("clock.rs") {
            continue;
        }
        for (line, path) in Paths::of(&source.ast) {
            for (holder, call) in IMPURE_CALLS {
                let named = path.iter().any(|s| s == holder);
                if named && (call.is_empty() || path.last().is_some_and(|s| s == call)) {
                    wrong.push(format!("{}:{line}: {}", source.path.display(), path.join("::")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "outside clock.rs:\n{}", wrong.join("\n"));
}

/// Calls that run a statement past the macros of `store/sql.rs`, which compile no statement without its council.
#[derive(Default)]
struct Statements(Vec<(usize, String)>);

impl<'ast> Visit<'ast> for Statements {
    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let name = call.method.to_string();
        if ["fetch", "fetch_rows", "run"].contains(&name.as_str()) && call.args.len() == 2 {
            self.0.push((call.method.span().start().line, name));
        }
        syn::visit::visit_expr_method_call(self, call);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let last = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if ["query", "query_as", "query_scalar", "raw_sql"].contains(&last.as_str()) {
            self.0.push((path.span().start().line, last));
        }
        syn::visit::visit_path(self, path);
    }
}

#[test]
fn statements_on_rows_of_councils_name_their_council() {
    // The macros themselves, and what concerns the connection or the schema as a whole.
    const WITHOUT_COUNCIL: &[&str] = &[
        "sql.rs",
        "scope.rs",
        "migrations.rs",
        "db.rs",
        "examine.rs",
        "lease.rs",
        "schema.rs",
        "content/shape.rs",
        "content/snapshot.rs",
        "keep_older.rs",
    ];
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    for source in sources().into_iter().filter(|source| source.layer == "store") {
        let mut statements = Statements::default();
        statements.visit_file(&source.ast);
        match WITHOUT_COUNCIL.iter().find(|name| source.path.ends_with(name)) {
            Some(name) if !statements.0.is_empty() => drop(used.insert(*name)),
            _ => wrong.extend(statements.0.iter().map(|(l, name)| format!("{}:{l}: {name}", source.path.display()))),
        }
    }
    assert!(wrong.is_empty(), "past row!, rows! and execute!:\n{}", wrong.join("\n"));
    assert_eq!(used.len(), WITHOUT_COUNCIL.len(), "files that run no such statement: only {used:?} do");
}

#[test]
fn papers_are_drawn_where_no_writer_waits() {
    // Where a PDF is drawn: behind the guard against drawing in a transaction that writes, and in what has none.
    const DRAWERS: &[&str] = &["service/drawn.rs", "preparing/day_papers.rs", "people/slips.rs", "rehearse/papers.rs"];
    const DRAW: &[&str] = &["pdf::document", "pdf::ballots", "pdf::test_papers", "pdf::slips"];
    let mut wrong = Vec::new();
    for source in sources().into_iter().filter(|source| source.layer == "app") {
        if DRAWERS.iter().any(|file| source.path.ends_with(file)) {
            continue;
        }
        for (line, path) in Paths::of(&source.ast) {
            let text = path.join("::");
            if DRAW.contains(&text.as_str()) {
                wrong.push(format!("{}:{line}: {text}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "drawn past service/drawn.rs:\n{}", wrong.join("\n"));
}

#[test]
fn domain_touches_no_files_and_no_floats() {
    // serde's trait has to be told what is done with a float: nothing.
    const REFUSES_FLOATS: &str = "audit/canonical/spelling.rs";
    let mut wrong = Vec::new();
    for source in sources().into_iter().filter(|s| s.layer == "domain") {
        for (line, path) in Paths::of(&source.ast) {
            let text = path.join("::");
            let outside = ["std::fs", "std::net", "std::process", "std::env", "std::io", "std::thread", "std::time"];
            let is_float = (text == "f32" || text == "f64") && !source.path.ends_with(REFUSES_FLOATS);
            if outside.iter().any(|p| text.starts_with(p)) || is_float {
                wrong.push(format!("{}:{line}: {text}", source.path.display()));
            }
        }
        let floats = Literals::of(&source.ast).floats;
        wrong.extend(floats.into_iter().map(|line| format!("{}:{line}: a float", source.path.display())));
    }
    assert!(wrong.is_empty(), "impure:\n{}", wrong.join("\n"));
}

struct Functions(Vec<(usize, usize, String)>);

impl Functions {
    fn note(&mut self, ident: &syn::Ident, whole: proc_macro2::Span) {
        let (from, to) = (whole.start().line, whole.end().line);
        self.0.push((from, to + 1 - from, ident.to_string()));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, f: &'ast syn::ItemFn) {
        self.note(&f.sig.ident, f.sig.span().join(f.block.span()).expect("one file"));
        syn::visit::visit_item_fn(self, f);
    }

    fn visit_impl_item_fn(&mut self, f: &'ast syn::ImplItemFn) {
        self.note(&f.sig.ident, f.sig.span().join(f.block.span()).expect("one file"));
        syn::visit::visit_impl_item_fn(self, f);
    }
}

#[test]
fn files_and_functions_stay_short() {
    let mut wrong = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > MAX_FILE_LINES {
            wrong.push(format!("{}: {lines} lines", source.path.display()));
        }
        let mut functions = Functions(Vec::new());
        functions.visit_file(&source.ast);
        for (line, length, name) in functions.0 {
            if length > MAX_FUNCTION_LINES {
                wrong.push(format!("{}:{line}: {name} has {length} lines", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "too long:\n{}", wrong.join("\n"));
}

/// Literals outside tests, each with its line.
#[derive(Default)]
struct Literals {
    texts: Vec<(usize, String)>,
    floats: Vec<usize>,
}

impl Literals {
    fn of(ast: &syn::File) -> Self {
        let mut literals = Self::default();
        literals.visit_file(ast);
        literals
    }
}

impl<'ast> Visit<'ast> for Literals {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if module.ident != "tests" {
            syn::visit::visit_item_mod(self, module);
        }
    }

    fn visit_lit(&mut self, literal: &'ast syn::Lit) {
        let line = literal.span().start().line;
        match literal {
            syn::Lit::Str(text) => self.texts.push((line, text.value())),
            syn::Lit::Float(_) => self.floats.push(line),
            _ => {}
        }
    }
}

/// `ELI-002`: the family and the number.
fn family_of(code: &str) -> Option<&str> {
    let (family, number) = code.split_once('-')?;
    let is_code = (2..=4).contains(&family.len())
        && family.bytes().all(|b| b.is_ascii_uppercase())
        && number.len() == 3
        && number.bytes().all(|b| b.is_ascii_digit());
    is_code.then_some(family)
}

/// Codes of findings that no test names: neither a story, nor a reviewed text, nor a test beside the code.
pub fn untested_codes() -> BTreeSet<String> {
    let sources = sources();
    let inline = sources.iter().filter_map(|source| source.text.split_once("\nmod tests {"));
    let mut tests: Vec<String> = inline.map(|(_, tests)| tests.to_owned()).collect();
    tests.extend(text_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")));
    let codes = sources.iter().flat_map(|source| Literals::of(&source.ast).texts).map(|(_, text)| text);
    codes
        .filter(|text| family_of(text).is_some())
        .filter(|code| !tests.iter().any(|text| text.contains(code.as_str())))
        .collect()
}

/// Texts of sources and snapshots below a folder, without the list of what is left uncovered.
fn text_below(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            texts.extend(text_below(&path));
        } else if path.extension().is_some_and(|e| e == "rs" || e == "snap") {
            texts.push(fs::read_to_string(&path).expect("text"));
        }
    }
    texts
}

#[test]
fn every_code_of_a_finding_stands_in_one_place_and_its_family_in_the_list() {
    let list = include_str!("../../src/domain/finding.rs");
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources() {
        for (line, text) in Literals::of(&source.ast).texts {
            if family_of(&text).is_some() {
                places.entry(text).or_default().push(format!("{}:{line}", source.path.display()));
            }
        }
    }
    assert!(places.len() > 50, "the codes were not found: {places:?}");
    let twice: Vec<_> = places.iter().filter(|(_, places)| places.len() > 1).collect();
    assert!(twice.is_empty(), "codes that mean two things: {twice:#?}");
    let unlisted: BTreeSet<_> = places
        .keys()
        .filter_map(|code| family_of(code))
        .filter(|f| !list.contains(&format!("//! | `{f}` |")))
        .collect();
    assert!(unlisted.is_empty(), "families that domain::finding does not list: {unlisted:?}");
}
