//! The part of a rule set that speaks of one kind of body, and what it says of a written post.

use super::Enabled;
use crate::council::CouncilKind;
use crate::official::Post;
use crate::post_title::{PostTitle, Tenure, head_of, post_key, posts_of};
use crate::rules::{NotSubject, RuleSet, Subject};

/// A rule with the keys of the titles that it names.
pub(super) struct Named<'r, T> {
    keys: Vec<String>,
    pub(super) rule: &'r T,
}

impl<'r, T> Named<'r, T> {
    fn new(rule: &'r T, titles: &[String]) -> Self {
        Self { keys: titles.iter().map(|title| post_key(title)).collect(), rule }
    }

    fn names(&self, post: &PostTitle) -> bool {
        self.keys.iter().any(|key| post.begins(key))
    }
}

/// The part of a rule set that speaks of one kind of body.
pub(super) struct PostTable<'r> {
    pub(super) rules: &'r RuleSet,
    kind: CouncilKind,
    pub(super) basis: Option<&'r Enabled>,
    /// How posts begin, in any part of the rule set.
    heads: Vec<String>,
    pub(super) subjects: Vec<Named<'r, Subject>>,
    not_subjects: Vec<Named<'r, NotSubject>>,
    /// Says that no post of this body is voted on.
    pub(super) whole_body: Option<&'r NotSubject>,
}

/// What the table says of one post.
pub(super) enum PostClass<'r> {
    NotSubject(&'r NotSubject),
    Subject(&'r Subject, Tenure),
    /// Of the council or committee of another level.
    Elsewhere,
    Former,
    Unknown,
}

impl<'r> PostTable<'r> {
    pub(super) fn new(rules: &'r RuleSet, kind: CouncilKind, basis: Option<&'r Enabled>) -> Self {
        // A commune that is switched on has the posts of the councils above it: the law has no list of its own for it.
        let speaks_of = |councils: &[CouncilKind]| {
            let like = [CouncilKind::DistrictCouncil, CouncilKind::ProvinceCouncil];
            councils.contains(&kind) || (basis.is_some() && councils.iter().any(|c| like.contains(c)))
        };
        let (whole, single): (Vec<_>, Vec<_>) =
            rules.not_subjects.iter().filter(|n| speaks_of(&n.councils)).partition(|n| n.titles.is_empty());
        let titles = rules.subjects.iter().map(|s| &s.titles).chain(rules.not_subjects.iter().map(|n| &n.titles));
        let subjects = rules.subjects.iter().filter(|s| speaks_of(&s.councils));
        Self {
            rules,
            kind,
            basis,
            heads: titles.flatten().map(|title| head_of(title)).collect(),
            subjects: subjects.map(|s| Named::new(s, &s.titles)).collect(),
            not_subjects: single.into_iter().map(|n| Named::new(n, &n.titles)).collect(),
            whole_body: if basis.is_some() { None } else { whole.first().copied() },
        }
    }

    /// A title may hold several posts ("Ủy viên UBND tỉnh, Giám đốc Sở Y tế"): one that is subject makes the whole so,
    /// and one that needs no confirmation is taken before one that does.
    pub(super) fn classify(&self, title: &str) -> PostClass<'r> {
        let classes = posts_of(title, &self.heads).into_iter().map(|post| self.classify_one(&post));
        classes.min_by_key(PostClass::rank).unwrap_or(PostClass::Unknown)
    }

    fn classify_one(&self, post: &PostTitle) -> PostClass<'r> {
        let subject = || {
            let naming = self.subjects.iter().filter(|s| s.names(post)).map(|s| s.rule);
            naming.min_by_key(|s| s.confirm.is_some())
        };
        if post.tenure == Tenure::Former {
            PostClass::Former
        } else if let Some(excluded) = self.not_subjects.iter().find(|n| n.names(post)) {
            PostClass::NotSubject(excluded.rule)
        } else if post.is_of_another_level(self.kind) {
            PostClass::Elsewhere
        } else {
            subject().map_or(PostClass::Unknown, |s| PostClass::Subject(s, post.tenure))
        }
    }
}

impl PostClass<'_> {
    /// What speaks first of several posts in one title.
    const fn rank(&self) -> u8 {
        match self {
            Self::Subject(subject, Tenure::Held) if subject.confirm.is_none() => 0,
            Self::Subject(..) => 1,
            Self::NotSubject(_) => 2,
            Self::Elsewhere => 3,
            Self::Former => 4,
            Self::Unknown => 5,
        }
    }
}

/// What the office is asked about `post`, which the table classed as `class`.
pub(super) fn question(table: &PostTable<'_>, post: &Post, class: &PostClass<'_>) -> Option<String> {
    let title = &post.title;
    match class {
        PostClass::NotSubject(_) => None,
        PostClass::Subject(subject, Tenure::Held) => subject.confirm.as_ref().map(|c| format!("{title}: {c}")),
        PostClass::Subject(subject, Tenure::Acting | Tenure::Former) => {
            let beside = subject.confirm.as_ref().map_or_else(String::new, |c| format!(" {c}"));
            Some(format!(
                "“{title}” là quyền hoặc phụ trách: chỉ lấy phiếu khi đã được bầu, phê chuẩn giữ chức vụ thuộc đối tượng.{beside}"
            ))
        }
        PostClass::Elsewhere => Some(format!(
            "Chức vụ “{title}” ghi một cấp khác {}; không lấy phiếu ở đây. Nếu ghi nhầm cấp, hãy sửa chức vụ.",
            table.kind.label()
        )),
        PostClass::Former => {
            Some(format!("Chức vụ “{title}” là chức vụ đã thôi giữ, không xét; nếu đang giữ, hãy sửa chức vụ."))
        }
        PostClass::Unknown => {
            Some(format!("Chức vụ “{title}” không có trong danh mục của {}; đối chiếu văn bản gốc.", table.rules.short))
        }
    }
}
