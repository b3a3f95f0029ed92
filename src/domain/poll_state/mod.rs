//! How far a poll has come. A transition consumes the state, checks, and gives the next state together with what the
//! poll's log has to say of it and the moment at which its head is to be signed: forgetting to log is not possible.
//!
//! ```text
//! created -> listed -> sealed -> voting -> closed -> declared -> minuted -> published
//! ```
//!
//! What a state emits is a course that [`Course`](super::audit::Course) accepts; the tests hold one against the other.

use super::audit::event::poll::{
    BallotsReturned, BatchCommitted, BoardAppointed, CouncilLogNoted, CountingClosed, DossiersReleased, FileHash,
    FormTotals, FormsSealed, ListDecided, ListedOfficial, PaperIssued, PollAmended, PollCreated, ResultDeclared,
    SealedForm, VotingOpened,
};
use super::audit::{Digest, Moment, Opening, PollEvent, UtcTime};
use super::count::{BatchCounts, CountError};
use super::id::PollId;
use super::roster::Teller;

/// The names of the states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It exists.
    Created,
    /// Who is voted on is decided.
    Listed,
    /// The ballot forms are final.
    Sealed,
    /// Ballots are out, come back and are counted.
    Voting,
    /// Every batch is in.
    Closed,
    /// The result stands.
    Declared,
    /// The tellers have their minutes.
    Minuted,
    /// Nothing follows.
    Published,
}

impl Stage {
    /// All, in their order.
    pub const ALL: [Self; 8] = [
        Self::Created,
        Self::Listed,
        Self::Sealed,
        Self::Voting,
        Self::Closed,
        Self::Declared,
        Self::Minuted,
        Self::Published,
    ];

    /// As the database spells it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Listed => "listed",
            Self::Sealed => "sealed",
            Self::Voting => "voting",
            Self::Closed => "closed",
            Self::Declared => "declared",
            Self::Minuted => "minuted",
            Self::Published => "published",
        }
    }

    /// Inverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// In Vietnamese, as pages and refusals name it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Created => "mới lập",
            Self::Listed => "đã chốt danh sách",
            Self::Sealed => "đã chốt mẫu phiếu",
            Self::Voting => "đang bỏ phiếu và kiểm phiếu",
            Self::Closed => "đã đóng kiểm phiếu",
            Self::Declared => "đã có kết quả",
            Self::Minuted => "đã lập biên bản",
            Self::Published => "đã công bố",
        }
    }
}

/// What does not change while a poll goes its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    /// Its id.
    pub id: PollId,
    /// As it was created.
    pub created: PollCreated,
}

/// A form between the opening of the vote and the closing of the count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormProgress {
    /// As sealed.
    pub form: SealedForm,
    /// Issued and returned, once the ballots are back.
    pub ballots: Option<(u32, u32)>,
    /// Batches that are in.
    pub batches: u32,
    /// Papers in them.
    pub papers: u64,
}

/// How far a poll has come, with what its next step needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PollState {
    /// See [`Stage::Created`].
    Created(Poll),
    /// With the list in ballot order, and the board of tellers as it was appointed last; empty before that.
    Listed(Poll, Vec<ListedOfficial>, Vec<Teller>),
    /// With the forms, in the order of blocks.
    Sealed(Poll, Vec<SealedForm>),
    /// With what came back and what was counted of each form.
    Voting(Poll, Vec<FormProgress>),
    /// See [`Stage::Closed`].
    Closed(Poll),
    /// See [`Stage::Declared`].
    Declared(Poll),
    /// See [`Stage::Minuted`].
    Minuted(Poll),
    /// See [`Stage::Published`].
    Published(Poll),
}

/// What a transition gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where the poll is now.
    pub state: PollState,
    /// What its log says of it, in this order.
    pub events: Vec<PollEvent>,
    /// The head after these entries is signed for this moment.
    pub moment: Option<Moment>,
}

/// Why a transition is refused; nothing has changed. One sentence, Vietnamese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Too early or too late.
    #[error("Không thể {doing} khi cuộc bỏ phiếu {}; hãy xem lại các bước của cuộc bỏ phiếu.", .stage.label())]
    NotNow {
        /// What was to be done.
        doing: &'static str,
        /// Where the poll is.
        stage: Stage,
    },
    /// A list without anybody.
    #[error("Danh sách không có ai; hãy xem lại người được lấy phiếu và các lý do không lấy phiếu.")]
    List,
    /// Nobody to count.
    #[error("Chưa có Ban kiểm phiếu; hãy lập Ban kiểm phiếu trước khi chốt mẫu phiếu.")]
    NoBoard,
    /// Forms that do not fit the list.
    #[error("Mẫu phiếu của khối «{0}» không khớp với danh sách đã chốt; hãy tạo lại mẫu phiếu từ danh sách.")]
    Forms(String),
    /// Not one of the sealed forms.
    #[error("Không có mẫu phiếu {0} trong các mẫu đã chốt; hãy kiểm tra mã trên phiếu.")]
    UnknownForm(String),
    /// Said before.
    #[error("Mẫu phiếu {0} đã được ghi số phiếu phát ra, thu về; không ghi lại lần nữa.")]
    AlreadyReturned(String),
    /// Before its ballots were counted in.
    #[error("Chưa ghi số phiếu thu về của mẫu phiếu {0}; hãy ghi trước khi chốt tập phiếu và đóng kiểm phiếu.")]
    NotReturned(String),
    /// More came back than went out.
    #[error(
        "Mẫu phiếu {form}: thu về {returned} phiếu, nhiều hơn {issued} phiếu phát ra; hãy đếm lại rồi ghi đúng số."
    )]
    ReturnedOverIssued {
        /// Its id.
        form: String,
        /// Phát ra.
        issued: u32,
        /// Thu về.
        returned: u32,
    },
    /// The batch is in, and is another one.
    #[error("Tập phiếu {batch} của mẫu phiếu {form} đã chốt với số liệu khác; hãy kiểm tra số ghi trên tập phiếu.")]
    BatchDiffers {
        /// Its form.
        form: String,
        /// Its number.
        batch: u32,
    },
    /// The batches would hold more papers than came back.
    #[error(
        "Mẫu phiếu {form}: các tập phiếu có {papers} phiếu, nhiều hơn {returned} phiếu thu về; hãy kiểm tra số phiếu của tập."
    )]
    PapersOver {
        /// Its id.
        form: String,
        /// In all batches.
        papers: u64,
        /// Thu về.
        returned: u32,
    },
    /// Papers are missing.
    #[error("Mẫu phiếu {form}: mới đếm {papers} trong {returned} phiếu thu về; hãy chốt nốt các tập phiếu còn lại.")]
    Unfinished {
        /// Its id.
        form: String,
        /// In all batches.
        papers: u64,
        /// Thu về.
        returned: u32,
    },
    /// Figures of a batch that cannot be right.
    #[error("Mẫu phiếu {form}, tập phiếu {batch}: {cause}; hãy đếm lại tập phiếu này.")]
    Counts {
        /// Its form.
        form: String,
        /// Its number.
        batch: u32,
        /// Which identity fails.
        cause: CountError,
    },
    /// What was sealed is not what was committed.
    #[error("Mẫu phiếu {0}: số liệu niêm phong không khớp với các tập phiếu đã chốt; hãy chạy «tinnhiem verify --db».")]
    Sealed(String),
}

/// Every returned paper of a poll is in a batch: from here on its sealed figures may be read. Only this file makes one,
/// and it names its poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MayOpen(PollId);

impl MayOpen {
    /// Whose sealed figures.
    pub const fn poll(self) -> PollId {
        self.0
    }
}

/// A count that is about to be closed: complete, but with its totals still sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    poll: Poll,
    forms: Vec<FormProgress>,
}

/// Begins a poll.
pub fn create(id: PollId, created: PollCreated) -> Step {
    let events = vec![created.clone().into()];
    Step { state: PollState::Created(Poll { id, created }), events, moment: None }
}

impl PollState {
    /// Its name.
    pub const fn stage(&self) -> Stage {
        match self {
            Self::Created(_) => Stage::Created,
            Self::Listed(..) => Stage::Listed,
            Self::Sealed(..) => Stage::Sealed,
            Self::Voting(..) => Stage::Voting,
            Self::Closed(_) => Stage::Closed,
            Self::Declared(_) => Stage::Declared,
            Self::Minuted(_) => Stage::Minuted,
            Self::Published(_) => Stage::Published,
        }
    }

    /// What does not change.
    pub const fn poll(&self) -> &Poll {
        match self {
            Self::Created(poll)
            | Self::Listed(poll, ..)
            | Self::Sealed(poll, _)
            | Self::Voting(poll, _)
            | Self::Closed(poll)
            | Self::Declared(poll)
            | Self::Minuted(poll)
            | Self::Published(poll) => poll,
        }
    }

    /// Leave to read the sealed figures, once counting is closed.
    pub fn may_open(&self) -> Option<MayOpen> {
        (self.stage() >= Stage::Closed).then(|| MayOpen(self.poll().id))
    }

    const fn refuse<T>(&self, doing: &'static str) -> Result<T, Refusal> {
        Err(Refusal::NotNow { doing, stage: self.stage() })
    }

    /// What was expected of the sitting is different now; nothing is said when it is not.
    ///
    /// # Errors
    /// Once the forms are sealed.
    pub fn amend(self, amended: PollAmended) -> Result<Step, Refusal> {
        let change = |poll: Poll| {
            let created = &poll.created;
            let is_same = (created.delegates, &created.sitting) == (amended.delegates, &amended.sitting);
            let events = if is_same { Vec::new() } else { vec![amended.clone().into()] };
            let PollAmended { delegates, sitting } = amended;
            (Poll { created: PollCreated { delegates, sitting, ..poll.created }, ..poll }, events)
        };
        let (state, events) = match self {
            Self::Created(poll) => {
                let (poll, events) = change(poll);
                (Self::Created(poll), events)
            }
            Self::Listed(poll, list, board) => {
                let (poll, events) = change(poll);
                (Self::Listed(poll, list, board), events)
            }
            other => return other.refuse("sửa thông tin kỳ họp"),
        };
        Ok(Step { state, events, moment: None })
    }

    /// Who is voted on, in ballot order, by the decision `resolution`.
    ///
    /// # Errors
    /// When it was decided before, or is empty.
    pub fn decide_list(self, officials: Vec<ListedOfficial>, resolution: String) -> Result<Step, Refusal> {
        let Self::Created(poll) = self else { return self.refuse("chốt danh sách") };
        if officials.is_empty() {
            return Err(Refusal::List);
        }
        let events = vec![ListDecided { officials: officials.clone(), resolution }.into()];
        Ok(Step { state: Self::Listed(poll, officials, Vec::new()), events, moment: None })
    }

    /// Who counts, by the decision `resolution`; in place of a board that was appointed before.
    ///
    /// # Errors
    /// Before the list is decided, once the forms are sealed, and when there is nobody.
    pub fn appoint_board(self, tellers: Vec<Teller>, resolution: String) -> Result<Step, Refusal> {
        let Self::Listed(poll, list, _) = self else { return self.refuse("lập Ban kiểm phiếu") };
        if tellers.is_empty() {
            return Err(Refusal::NoBoard);
        }
        let events = vec![BoardAppointed { resolution, tellers: tellers.clone() }.into()];
        Ok(Step { state: Self::Listed(poll, list, tellers), events, moment: None })
    }

    /// Dossiers go to the delegates, who read them before they vote.
    ///
    /// # Errors
    /// Once voting is open.
    pub fn release_dossiers(self, files: Vec<FileHash>, council: CouncilLogNoted) -> Result<Step, Refusal> {
        if !matches!(self, Self::Created(_) | Self::Listed(..) | Self::Sealed(..)) {
            return self.refuse("phát hành hồ sơ");
        }
        let events = vec![DossiersReleased { files }.into(), council.into()];
        Ok(Step { state: self, events, moment: None })
    }

    /// The ballot forms are final: one for each block of the list, with a line for each of its officials.
    ///
    /// # Errors
    /// Before the list is decided and the board appointed (a rehearsal may have none), a second time, and when they do
    /// not fit the list.
    pub fn seal_forms(self, forms: Vec<SealedForm>, council: CouncilLogNoted) -> Result<Step, Refusal> {
        let Self::Listed(poll, list, board) = self else { return self.refuse("chốt mẫu phiếu") };
        if board.is_empty() && !poll.created.rehearsal {
            return Err(Refusal::NoBoard);
        }
        for form in &forms {
            let twice = forms.iter().filter(|other| other.block == form.block || other.id == form.id).count() > 1;
            let listed = list.iter().filter(|official| official.block == form.block).count();
            if twice || listed == 0 || u32::try_from(listed) != Ok(form.lines) {
                return Err(Refusal::Forms(form.block.clone()));
            }
        }
        if let Some(left_out) = list.iter().find(|official| forms.iter().all(|form| form.block != official.block)) {
            return Err(Refusal::Forms(left_out.block.clone()));
        }
        let events = vec![council.into(), FormsSealed { forms: forms.clone() }.into()];
        Ok(Step { state: Self::Sealed(poll, forms), events, moment: Some(Moment::FormsSealed) })
    }

    /// Delegates receive their ballots.
    ///
    /// # Errors
    /// Before the forms are sealed, and a second time.
    pub fn open_voting(self, at: UtcTime) -> Result<Step, Refusal> {
        let Self::Sealed(poll, forms) = self else { return self.refuse("mở bỏ phiếu") };
        let begin = |form| FormProgress { form, ballots: None, batches: 0, papers: 0 };
        let forms = forms.into_iter().map(begin).collect();
        let events = vec![VotingOpened { at }.into()];
        Ok(Step { state: Self::Voting(poll, forms), events, moment: Some(Moment::VotingOpened) })
    }

    /// Ballots of one form, out and back.
    ///
    /// # Errors
    /// Outside the vote, for an unknown form, a second time, and when more came back than went out.
    pub fn record_returned(self, form: String, issued: u32, returned: u32) -> Result<Step, Refusal> {
        let Self::Voting(poll, mut forms) = self else { return self.refuse("ghi số phiếu thu về") };
        let progress = find(&mut forms, &form)?;
        if progress.ballots.is_some() {
            return Err(Refusal::AlreadyReturned(form));
        }
        if returned > issued {
            return Err(Refusal::ReturnedOverIssued { form, issued, returned });
        }
        progress.ballots = Some((issued, returned));
        let events = vec![BallotsReturned { form, issued, returned }.into()];
        Ok(Step { state: Self::Voting(poll, forms), events, moment: None })
    }

    /// Two tellers agree on a batch whose number is not taken yet; `opening` goes under seal, the log gets the
    /// `commitment` to it.
    ///
    /// # Errors
    /// Outside the vote, before the form's ballots are back, when its figures cannot be right, and when the batches would
    /// hold more papers than came back.
    pub fn commit_batch(self, opening: &Opening, commitment: Digest) -> Result<Step, Refusal> {
        let Self::Voting(poll, mut forms) = self else { return self.refuse("chốt tập phiếu") };
        let (form, batch) = (opening.form.clone(), opening.batch);
        let progress = find(&mut forms, &form)?;
        let Some((_, returned)) = progress.ballots else { return Err(Refusal::NotReturned(form)) };
        let zero = BatchCounts::zero(poll.created.kind, lines(progress));
        let fits = opening.counts.check().and_then(|()| zero.add(&opening.counts).map(drop));
        fits.map_err(|cause| Refusal::Counts { form: form.clone(), batch, cause })?;
        let papers = progress.papers + u64::from(opening.counts.papers);
        if papers > u64::from(returned) {
            return Err(Refusal::PapersOver { form, papers, returned });
        }
        (progress.papers, progress.batches) = (papers, progress.batches + 1);
        let events = vec![BatchCommitted { batch, commitment, form, papers: opening.counts.papers }.into()];
        Ok(Step { state: Self::Voting(poll, forms), events, moment: None })
    }

    /// The count is complete and may be opened.
    ///
    /// # Errors
    /// Outside the vote, and as long as a returned paper of any form is in no batch.
    pub fn close(self) -> Result<Closing, Refusal> {
        let Self::Voting(poll, forms) = self else { return self.refuse("đóng kiểm phiếu") };
        for FormProgress { form, ballots, papers, .. } in &forms {
            match ballots {
                None => return Err(Refusal::NotReturned(form.id.clone())),
                Some((_, returned)) if u64::from(*returned) != *papers => {
                    let (form, papers, returned) = (form.id.clone(), *papers, *returned);
                    return Err(Refusal::Unfinished { form, papers, returned });
                }
                Some(_) => {}
            }
        }
        Ok(Closing { poll, forms })
    }

    /// The result as it will be published, by the hash of its text.
    ///
    /// # Errors
    /// Before counting is closed, and a second time.
    pub fn declare_result(self, results_sha256: Digest) -> Result<Step, Refusal> {
        let Self::Closed(poll) = self else { return self.refuse("ghi kết quả") };
        let events = vec![ResultDeclared { results_sha256 }.into()];
        Ok(Step { state: Self::Declared(poll), events, moment: None })
    }

    /// The minutes of the count.
    ///
    /// # Errors
    /// Before there is a result, and a second time.
    pub fn issue_minutes(self, paper: PaperIssued) -> Result<Step, Refusal> {
        let Self::Declared(poll) = self else { return self.refuse("lập biên bản kiểm phiếu") };
        Ok(Step { state: Self::Minuted(poll), events: vec![paper.into()], moment: Some(Moment::Minutes) })
    }

    /// Any other paper.
    ///
    /// # Errors
    /// Once all is published.
    pub fn issue_paper(self, paper: PaperIssued) -> Result<Step, Refusal> {
        if matches!(self, Self::Published(_)) {
            return self.refuse("phát hành văn bản");
        }
        Ok(Step { state: self, events: vec![paper.into()], moment: None })
    }

    /// Nothing more follows: the last head covers the whole log.
    ///
    /// # Errors
    /// Before the minutes, and a second time.
    pub fn publish(self) -> Result<Step, Refusal> {
        let Self::Minuted(poll) = self else { return self.refuse("công bố kết quả") };
        Ok(Step { state: Self::Published(poll), events: Vec::new(), moment: Some(Moment::Published) })
    }
}

impl Closing {
    /// Leave to read the sealed figures, so that their sums can be said.
    pub const fn may_open(&self) -> MayOpen {
        MayOpen(self.poll.id)
    }

    /// Adds up what was sealed and closes the count.
    ///
    /// # Errors
    /// When `openings` are not those of the batches that were committed.
    pub fn total(self, openings: &[Opening]) -> Result<Step, Refusal> {
        let mut totals = Vec::with_capacity(self.forms.len());
        for progress in &self.forms {
            let FormProgress { form, ballots, batches, .. } = progress;
            let own: Vec<&BatchCounts> = openings.iter().filter(|o| o.form == form.id).map(|o| &o.counts).collect();
            let sealed = || Refusal::Sealed(form.id.clone());
            let whole = u32::try_from(own.len()) == Ok(*batches);
            let counts = BatchCounts::sum(self.poll.created.kind, lines(progress), own).map_err(|_| sealed())?;
            let (issued, returned) = ballots.filter(|(_, back)| whole && *back == counts.papers).ok_or_else(sealed)?;
            totals.push(FormTotals { counts, form: form.id.clone(), issued, returned });
        }
        let events = vec![CountingClosed { forms: totals }.into()];
        Ok(Step { state: PollState::Closed(self.poll), events, moment: Some(Moment::CountingClosed) })
    }
}

fn find<'f>(forms: &'f mut [FormProgress], id: &str) -> Result<&'f mut FormProgress, Refusal> {
    let found = forms.iter_mut().find(|progress| progress.form.id == id);
    found.ok_or_else(|| Refusal::UnknownForm(id.to_owned()))
}

fn lines(progress: &FormProgress) -> usize {
    usize::try_from(progress.form.lines).unwrap_or(usize::MAX)
}
