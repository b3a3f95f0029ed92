//! Rule sets that an office has attested, for stories about something else.

use app::attesting::TypedStatement;
use app::attesting::page::Wanted;
use app::service::app::Ask;
use app::service::upload::{Incoming, Received};
use domain::audit::Digest;
use domain::id::{AccountId, AttestationId, CouncilId, PollId};
use domain::role::Role;
use domain::rules::{
    Confirmed, LoadedRules, Stated, StatedFile, Statement, StatementKind, article, effective, load_all,
};
use jiff::civil::date;

use super::{PDF, Site};

/// A file that proves a comparison.
pub fn proof() -> Received {
    let mut file = Incoming::begin("cong-bao.pdf").expect("file");
    assert!(file.take(PDF).expect("disk"));
    file.finish().expect("whole")
}

/// What a clerk types who compared these parameters with the official text.
pub fn compared(ruleset: &str, keys: Vec<String>) -> TypedStatement {
    TypedStatement {
        ruleset: ruleset.into(),
        kind: StatementKind::Compared.code().into(),
        keys,
        document: "Công báo số 823 + 824 ngày 15/7/2023".into(),
        page: "5".into(),
        read_by: "Lê Pháp Chế".into(),
        read_on: "01/11/2023".into(),
        ..TypedStatement::default()
    }
}

/// The first carried rule set as an office that compared all of it goes by it.
pub fn attested_rules() -> LoadedRules {
    let base = load_all(&[]).expect("carried").remove(0);
    let prints = base.set.fingerprints();
    let stated = |parameter: domain::rules::Parameter<'_>| Stated {
        article: article(parameter.cite),
        basis: None,
        file: None,
        from: None,
        sha256: prints[&parameter.key],
        key: parameter.key,
        value: None,
    };
    let statement = Statement {
        document: "Công báo".into(),
        file: Some(StatedFile { name: "cong-bao.pdf".into(), sha256: Digest::of(PDF) }),
        from: None,
        kind: StatementKind::Compared,
        page: "5".into(),
        parameters: base.set.parameters().into_iter().map(stated).collect(),
        read_by: "Lê Pháp Chế".into(),
        read_on: Some(date(2023, 11, 1)),
        reason: String::new(),
        ruleset: base.set.id.clone(),
    };
    let said = Confirmed {
        statement,
        proposed_by: "Đỗ Quỳnh Nữ".into(),
        confirmed_by: "Phạm Thường Trực".into(),
        on: date(2023, 11, 2),
    };
    effective(&base, &[said], date(2028, 12, 5)).expect("a set")
}

impl Site {
    /// Keys of the parameters of a rule set of which the council's office has said nothing.
    pub async fn open_parameters(&self, council: CouncilId, ruleset: &str) -> Vec<String> {
        let clerk = self.somebody(council, Role::Clerk);
        let wanted = Wanted { ruleset: ruleset.into(), open_only: true, poll: None };
        let page = self.app.rules_page(&clerk, &wanted).await.expect("rules");
        page.lines.into_iter().map(|line| line.key).collect()
    }

    /// A clerk proposes what is said of parameters.
    pub async fn proposes_statement(&self, council: CouncilId, typed: TypedStatement) -> AttestationId {
        let clerk = self.somebody(council, Role::Clerk);
        let ask = Ask { caller: &clerk, request: self.app.new_request().expect("request") };
        self.app.propose_statement(ask, typed, Some(proof())).await.expect("proposed")
    }

    /// The same, and a leader confirms it.
    pub async fn states(&self, council: CouncilId, typed: TypedStatement) {
        let id = self.proposes_statement(council, typed).await;
        let leader = self.somebody(council, Role::Leader);
        let ask = Ask { caller: &leader, request: self.app.new_request().expect("request") };
        self.app.confirm_statement(ask, id).await.expect("confirmed");
    }

    /// A parameter is taken as it is, by two people.
    pub async fn accepts(&self, council: CouncilId, ruleset: &str, key: &str) {
        let accepted = TypedStatement {
            kind: StatementKind::Accepted.code().into(),
            keys: vec![key.to_owned()],
            ruleset: ruleset.to_owned(),
            reason: "Không văn bản nào quy định".into(),
            ..TypedStatement::default()
        };
        self.states(council, accepted).await;
    }

    /// Every parameter of a rule set is compared with the official text, by two people; nothing is done when all are.
    pub async fn attests_all(&self, council: CouncilId, ruleset: &str) {
        let keys = self.open_parameters(council, ruleset).await;
        if !keys.is_empty() {
            self.states(council, compared(ruleset, keys)).await;
        }
    }

    /// One statement of each kind is confirmed, one is refused, and one waits, whose id is given.
    pub async fn says_everything_of_rules(&self, council: CouncilId) -> AttestationId {
        let ruleset = "NQ96-2023-QH15".to_owned();
        let sizes = [("province_council", "7"), ("district_council", "5"), ("commune_council", "3")];
        let value = sizes.map(|(kind, size)| (format!("value.{kind}"), size.to_owned())).into();
        let filled = TypedStatement {
            ruleset: ruleset.clone(),
            kind: StatementKind::Filled.code().into(),
            keys: vec!["board_min".into()],
            document: "Quy chế hoạt động".into(),
            from: "01/07/2023".into(),
            reason: "Quy chế của hội đồng quy định".to_owned(),
            value,
            ..TypedStatement::default()
        };
        self.states(council, filled).await;
        self.accepts(council, &ruleset, "percent").await;
        self.adopts(council, compared(&ruleset, vec!["percent".into()])).await;
        let refused = self.proposes_statement(council, compared(&ruleset, vec!["quorum".into()])).await;
        let leader = self.somebody(council, Role::Leader);
        let ask = Ask { caller: &leader, request: self.app.new_request().expect("request") };
        self.app.refuse_statement(ask, refused, "Chưa có chữ ký").await.expect("refused");
        self.proposes_statement(council, compared(&ruleset, vec!["quorum".into()])).await
    }

    /// An operator proposes what the installation would publish.
    pub async fn proposes_publication(&self, typed: TypedStatement) -> AttestationId {
        let operator = self.somebody(CouncilId::INSTALLATION, Role::Operator);
        let ask = Ask { caller: &operator, request: self.app.new_request().expect("request") };
        self.app.propose_statement(ask, typed, Some(proof())).await.expect("proposed")
    }

    /// Two operators of the installation say it, and the council takes over what is published since.
    pub async fn adopts(&self, council: CouncilId, typed: TypedStatement) {
        let mut other = self.somebody(CouncilId::INSTALLATION, Role::Operator);
        other.account.id = AccountId::new(self.clock.now(), &[99; 10]);
        let ask = |caller| Ask { caller, request: self.app.new_request().expect("request") };
        let ruleset = typed.ruleset.clone();
        let published = self.proposes_publication(typed).await;
        self.app.confirm_statement(ask(&other), published).await.expect("published");
        let [clerk, leader] = [Role::Clerk, Role::Leader].map(|role| self.somebody(council, role));
        let adopted = self.app.propose_adoption(ask(&clerk), &ruleset).await.expect("proposed");
        self.app.confirm_statement(ask(&leader), adopted).await.expect("taken over");
    }

    /// A poll takes over what the office attested since it began, by two people.
    pub async fn takes_rules_over(&self, council: CouncilId, poll: PollId) {
        let [clerk, leader] = [Role::Clerk, Role::Leader].map(|role| self.somebody(council, role));
        let ask = |caller| Ask { caller, request: self.app.new_request().expect("request") };
        let proposal = self.app.propose_rules(ask(&clerk), poll).await.expect("proposed");
        self.app.confirm(ask(&leader), poll, proposal).await.expect("taken over");
    }
}
