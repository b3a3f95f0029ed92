//! Imports between files go one way: no circle of files in any layer but for the knots that are named here, and between the
//! subjects of `app` only the arrows that are listed.
//!
//! What is read: `use` declarations and paths that begin with `crate`, `super` or `self`, and calls of methods of `App`,
//! which are spread over the subjects. A file that re-exports what its folder holds does not count as using it.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::Visit;

use crate::architecture::{Paths, Source, sources};

/// Subject of `app`, and the lower subjects that it may use. Every subject may use `service`.
const SUBJECTS: &[(&str, &[&str])] = &[
    ("service", &[]),
    ("rules", &[]),
    ("people", &[]),
    ("polls", &["rules"]),
    ("facts", &["people"]),
    ("attesting", &["rules", "facts", "polls", "installation"]),
    ("preparing", &["rules", "polls", "facts"]),
    ("dossiers", &["polls", "facts", "preparing"]),
    ("reading", &["rules", "people", "facts", "preparing", "dossiers"]),
    ("counting", &["polls", "preparing"]),
    ("again", &["rules", "polls", "preparing", "dossiers"]),
    ("confirm", &["polls", "preparing", "dossiers", "counting"]),
    ("installation", &["rules", "polls"]),
    ("trail", &["polls", "preparing", "dossiers", "counting", "people", "installation"]),
    ("backup", &["installation", "trail"]),
    ("rehearse", &["rules", "people", "polls", "installation", "trail"]),
    ("demo", &["people", "facts", "preparing", "dossiers", "confirm", "installation", "trail", "rehearse"]),
];

/// Circles that may stand: layer, and the files of the circle. Each has its reason; the list may only shrink.
const KNOTS: &[(&str, &[&str])] = &[(
    "web",
    // The routes name the handlers, and what stands before all handlers answers with some of their pages: the form for
    // signing in, the page of an error. A form that is carried over asks the routes where it may go.
    &[
        "answer",
        "carry",
        "form",
        "guard",
        "pages/assets",
        "pages/error",
        "pages/own",
        "pages/sign_in",
        "render",
        "routes",
        "session",
    ],
)];

/// A file as its path inside its layer: `counting/room/table`; a folder's own file has the name of the folder.
fn module(source: &Source) -> Vec<String> {
    let text = source.path.to_string_lossy().into_owned();
    let inside = text.rsplit_once(&format!("/src/{}/", source.layer)).map_or("", |(_, inside)| inside);
    let mut parts: Vec<String> = inside.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// The layer's files, each with the files whose items it names.
fn imports(sources: &[&Source]) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let files: BTreeSet<Vec<String>> = sources.iter().map(|source| module(source)).collect();
    let mut arrows = BTreeMap::new();
    for source in sources {
        let here = module(source);
        let mut named = BTreeSet::new();
        for (_, path) in Paths::of(&source.without_tests_and_exports()) {
            let Some(target) = absolute(&here, &path) else { continue };
            let file =
                (0..=target.len()).rev().map(|length| target[..length].to_vec()).find(|part| files.contains(part));
            named.extend(file.filter(|file| *file != here));
        }
        arrows.insert(here, named);
    }
    arrows
}

/// A path from the root of its crate; `None` for one of another crate.
fn absolute(here: &[String], path: &[String]) -> Option<Vec<String>> {
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([here, &path[1..]].concat()),
        "super" => {
            let up = path.iter().take_while(|part| *part == "super").count();
            Some([&here[..here.len().saturating_sub(up)], &path[up..]].concat())
        }
        _ => None,
    }
}

/// The circles of a graph, each as its sorted nodes: those that reach each other.
fn circles<N: Ord + Clone>(arrows: &BTreeMap<N, BTreeSet<N>>) -> BTreeSet<Vec<N>> {
    let reached: BTreeMap<&N, BTreeSet<&N>> = arrows
        .keys()
        .map(|from| {
            let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
            while let Some(node) = open.pop() {
                let next = arrows.get(node).into_iter().flatten();
                open.extend(next.filter(|to| seen.insert(*to)));
            }
            (from, seen)
        })
        .collect();
    let both = |from: &N, to: &N| reached[from].contains(to) && reached.get(to).is_some_and(|back| back.contains(from));
    let circle = |from: &&N| arrows.keys().filter(|to| both(from, to)).cloned().collect::<Vec<_>>();
    arrows.keys().map(|from| circle(&from)).filter(|circle| circle.len() > 1).collect()
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let all = sources();
    let layers: BTreeSet<&str> = all.iter().map(|source| source.layer.as_str()).collect();
    let mut found = BTreeSet::new();
    for layer in layers {
        let sources: Vec<&Source> = all.iter().filter(|source| source.layer == layer).collect();
        for circle in circles(&imports(&sources)) {
            found.insert((layer.to_owned(), circle.iter().map(|file| file.join("/")).collect::<Vec<_>>()));
        }
    }
    let named: BTreeSet<(String, Vec<String>)> = KNOTS
        .iter()
        .map(|(layer, files)| ((*layer).to_owned(), files.iter().map(|file| (*file).to_owned()).collect()))
        .collect();
    assert_eq!(found, named, "circles of files (left) and those that are named (right)");
}

/// Names of the methods of `App` that a file defines, or calls on `self` or `app`.
#[derive(Default)]
struct Methods {
    defined: BTreeSet<String>,
    called: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Methods {
    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let is_app =
            matches!(&*item.self_ty, syn::Type::Path(path) if path.path.is_ident("App")) && item.trait_.is_none();
        let methods = item.items.iter().filter_map(|item| match item {
            syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
            _ => None,
        });
        if is_app {
            self.defined.extend(methods);
            syn::visit::visit_item_impl(self, item);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if matches!(&*call.receiver, syn::Expr::Path(path) if path.path.is_ident("self") || path.path.is_ident("app")) {
            self.called.insert(call.method.to_string());
        }
        syn::visit::visit_expr_method_call(self, call);
    }
}

#[test]
fn subjects_of_app_use_lower_ones_only() {
    let all = sources();
    let sources: Vec<&Source> = all.iter().filter(|source| source.layer == "app").collect();
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut add = |from: &[String], to: &[String]| {
        if let (Some(from), Some(to)) = (from.first(), to.first()) {
            arrows.entry(from.clone()).or_default().insert(to.clone());
        }
    };
    for (from, targets) in imports(&sources) {
        targets.iter().for_each(|to| add(&from, to));
    }
    let methods: Vec<(Vec<String>, Methods)> = sources
        .iter()
        .map(|source| {
            let mut methods = Methods::default();
            methods.visit_file(&source.without_tests_and_exports());
            (module(source), methods)
        })
        .collect();
    for (caller, calls) in &methods {
        for (owner, _) in methods.iter().filter(|(_, of)| calls.called.iter().any(|name| of.defined.contains(name))) {
            add(caller, owner);
        }
    }
    let allowed: BTreeMap<&str, &[&str]> = SUBJECTS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (from, targets) in &arrows {
        let lower = allowed.get(from.as_str()).unwrap_or_else(|| panic!("the subject {from} is not listed"));
        let outside = targets.iter().filter(|to| *to != from && *to != "service" && !lower.contains(&to.as_str()));
        wrong.extend(outside.map(|to| format!("{from} uses {to}")));
    }
    assert!(wrong.is_empty(), "arrows that are not listed:\n{}", wrong.join("\n"));
    let listed: BTreeMap<&str, BTreeSet<&str>> =
        SUBJECTS.iter().map(|(subject, lower)| (*subject, lower.iter().copied().collect())).collect();
    assert!(circles(&listed).is_empty(), "the list itself has a circle: {:?}", circles(&listed));
}

#[test]
fn a_circle_is_seen() {
    let arrows = |pairs: &[(&'static str, &[&'static str])]| -> BTreeMap<&str, BTreeSet<&str>> {
        pairs.iter().map(|(from, to)| (*from, to.iter().copied().collect())).collect()
    };
    let three = arrows(&[("a", &["b"]), ("b", &["c"]), ("c", &["a", "d"]), ("d", &[])]);
    assert_eq!(circles(&three).into_iter().collect::<Vec<_>>(), [vec!["a", "b", "c"]]);
    assert!(circles(&arrows(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])])).is_empty());
}
