//! The carried rule sets as `tinnhiem rules` shows them: a change of a value, a citation or a mark shows here.

use app::rules::sets::{list_text, show_text};
use domain::rules::{builtin, load_all};

#[test]
fn the_list_names_every_set_with_its_period_and_how_much_of_it_is_unverified() {
    insta::assert_snapshot!("rules", list_text(&load_all(&[]).expect("carried sets")));
}

#[test]
fn each_set_prints_every_parameter_with_citation_and_mark() {
    for set in builtin().expect("carried sets") {
        let text = show_text(&set);
        for cited in set.parameters() {
            let source = format!("    {} [{}]\n", cited.cite, cited.attested.label());
            assert!(text.contains(&source), "{}: {} is not printed", set.id, cited.key);
        }
        insta::assert_snapshot!(format!("rules_{}", set.id), text);
    }
}
