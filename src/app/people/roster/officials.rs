//! Officials of the roster: what is typed of them.

use super::{Around, RosterEntry};
use crate::service::clock::{Chance, Clock};
use crate::service::error::{AppError, FieldError};
use domain::account::full_name;
use domain::id::{AccountId, OfficialId};
use domain::names::person_key;
use domain::official::{Birth, Block, Field, Honorific, Official, Post, RetirementNotice};
use domain::record::Subject;
use domain::role::Role;
use domain::roster::{FormerPost, RosterOfficial};
use domain::text::{clean, date_dmy, read_day};
use domain::words::Words;
use store::roster::{self, StoredOfficial};
use store::{CouncilTx, StoreError};

/// Longest title of a post, name of a block or field, text of a notice.
const MAX_LETTERS: usize = 300;
/// Posts, and fields of work, of one person.
const MAX_ITEMS: usize = 40;

/// An official as it was typed.
#[derive(Clone, Debug, Default)]
pub struct TypedOfficial {
    /// Code of the honorific.
    pub honorific: String,
    /// Full name.
    pub name: String,
    /// Day or year of birth.
    pub birth: String,
    /// Posts that are and were held.
    pub posts: Vec<TypedPost>,
    /// Name of the block.
    pub block: String,
    /// Fields of work, one a line or parted by `;`.
    pub fields: String,
    /// Notice of retirement.
    pub retirement: String,
    /// Id of the account.
    pub account: String,
    /// Place in the list, from 1.
    pub place: String,
}

/// A post as it was typed; a line without a title is no post.
#[derive(Clone, Debug, Default)]
pub struct TypedPost {
    /// As papers print it.
    pub title: String,
    /// Day of election.
    pub elected_on: String,
    /// Last day; empty while the post is held.
    pub left_on: String,
    /// To be taken out.
    pub is_removed: bool,
}

struct Reader {
    wrong: Vec<FieldError>,
}

impl Reader {
    fn say(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.wrong.push(FieldError { field, sentence: sentence.into() });
    }

    fn line(&mut self, field: &'static str, what: &str, text: &str) -> String {
        let line = clean(text);
        if line.chars().count() > MAX_LETTERS {
            self.say(field, format!("{what} không dài quá {MAX_LETTERS} ký tự."));
        }
        line
    }

    fn birth(&mut self, text: &str) -> Option<Birth> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let year = text.parse::<i16>().ok().filter(|_| text.len() == 4);
        let birth = year.map(Birth::Year).or_else(|| read_day(text).map(Birth::Day));
        let birth = birth.filter(|birth| (1900..=2100).contains(&birth.year()));
        if birth.is_none() {
            self.say("birth", "Ngày sinh ghi như 19/08/1965, hoặc chỉ năm sinh: 1965.");
        }
        birth
    }

    fn posts(&mut self, typed: &[TypedPost]) -> (Vec<Post>, Vec<FormerPost>) {
        let (mut held, mut former) = (Vec::new(), Vec::new());
        for (number, post) in (1_usize..).zip(typed).filter(|(_, post)| !post.is_removed) {
            let title = self.line("posts", &format!("Chức vụ dòng {number}"), &post.title);
            let mut day = |what: &str, text: &str| {
                let day = read_day(text);
                if day.is_none() && !text.trim().is_empty() {
                    self.say("posts", format!("{what} ở dòng {number} không đọc được; ghi ngày/tháng/năm."));
                }
                day
            };
            let (elected_on, left_on) = (day("Ngày bầu", &post.elected_on), day("Ngày thôi giữ", &post.left_on));
            if title.is_empty() {
                if elected_on.is_some() || left_on.is_some() {
                    self.say("posts", format!("Dòng {number} có ngày nhưng chưa ghi chức vụ."));
                }
                continue;
            }
            if title.contains(';') {
                let sentence = format!("Chức vụ ở dòng {number} có dấu «;»; mỗi chức vụ ghi một dòng riêng.");
                self.say("posts", sentence);
            }
            if let (Some(from), Some(to)) = (elected_on, left_on)
                && to < from
            {
                let (from, to) = (date_dmy(from), date_dmy(to));
                self.say("posts", format!("Dòng {number}: ngày thôi giữ ({to}) trước ngày bầu ({from})."));
            }
            match left_on {
                Some(left_on) => former.push(FormerPost { elected_on, left_on, title }),
                None => held.push(Post { title, elected_on }),
            }
        }
        if held.is_empty() && self.wrong.iter().all(|wrong| wrong.field != "posts") {
            let sentence = "Ghi ít nhất một chức vụ đang giữ; người không còn chức vụ nào thì rút khỏi danh sách.";
            self.say("posts", sentence);
        }
        if held.len() + former.len() > MAX_ITEMS {
            self.say("posts", format!("Một người không có quá {MAX_ITEMS} chức vụ."));
        }
        (held, former)
    }

    fn fields(&mut self, text: &str) -> Vec<Field> {
        let items: Vec<String> = text.split(['\n', ';']).map(clean).filter(|item| !item.is_empty()).collect();
        let too_long = items.iter().any(|item| item.chars().count() > MAX_LETTERS);
        if too_long || items.len() > MAX_ITEMS {
            self.say("fields", format!("Ghi tối đa {MAX_ITEMS} lĩnh vực, mỗi lĩnh vực không quá {MAX_LETTERS} ký tự."));
        }
        let mut fields: Vec<Field> = Vec::new();
        for field in items.into_iter().map(Field) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields
    }
}

/// Two people of one name are told apart by their births, here and in every workbook.
fn namesake<'o>(others: &'o [StoredOfficial], name: &str, birth: Option<Birth>) -> Option<&'o Official> {
    let key = person_key(name);
    let people = others.iter().filter(|other| !other.value.withdrawn).map(|other| &other.value.official);
    people.filter(|other| person_key(&other.name) == key).find(|other| match (other.birth, birth) {
        (Some(one), Some(other)) => one.agrees(other),
        _ => true,
    })
}

impl RosterEntry for RosterOfficial {
    type Id = OfficialId;
    type Typed = TypedOfficial;

    const SUBJECT: Subject = Subject::Official;
    const ROLE: Role = Role::Official;

    fn new_id(clock: &Clock, chance: &Chance) -> Result<OfficialId, AppError> {
        Ok(OfficialId::new(clock.now(), &chance.for_id()?))
    }

    async fn all(tx: &mut CouncilTx) -> Result<Vec<StoredOfficial>, StoreError> {
        roster::officials(tx).await
    }

    async fn put(tx: &mut CouncilTx, kept: &StoredOfficial) -> Result<(), StoreError> {
        roster::put_official(tx, kept).await
    }

    fn read(typed: &TypedOfficial, around: Around<'_, Self>) -> Result<Self, Vec<FieldError>> {
        let mut reader = Reader { wrong: Vec::new() };
        let name = full_name(&typed.name).map_err(|e| reader.say("name", e.to_string())).unwrap_or_default();
        let honorific = Honorific::from_code(&typed.honorific).unwrap_or(Honorific::Mr);
        let birth = reader.birth(&typed.birth);
        if let Some(other) = namesake(around.others, &name, birth) {
            let born =
                other.birth.map_or_else(|| "chưa ghi ngày sinh".to_owned(), |birth| format!("sinh {}", birth.text()));
            let sentence =
                format!("Đã có {} ({born}); nếu là hai người trùng tên, ghi ngày sinh của cả hai.", other.name);
            reader.say("name", sentence);
        }
        let (posts, former_posts) = reader.posts(&typed.posts);
        let block = reader.line("block", "Khối", &typed.block);
        if block.is_empty() {
            reader.say("block", "Ghi khối: những người cùng khối được in trên cùng một mẫu phiếu.");
        }
        let fields = reader.fields(&typed.fields);
        let notice = reader.line("retirement", "Thông báo", &typed.retirement);
        let account = around.account(&typed.account).map_err(|sentence| reader.say("account", sentence));
        if !typed.place.trim().is_empty() && Self::typed_place(typed).is_none() {
            reader.say("rank", "Thứ tự là một số từ 1.");
        }
        let retirement_notice = (!notice.is_empty()).then_some(RetirementNotice { text: notice });
        let official = Official { name, honorific, birth, posts, block: Block(block), fields, retirement_notice };
        let withdrawn = around.before.is_some_and(|before| before.withdrawn);
        match account {
            Ok(account) if reader.wrong.is_empty() => {
                Ok(Self { account, former_posts, official, position: 0, withdrawn })
            }
            _ => Err(reader.wrong),
        }
    }

    fn typed_place(typed: &TypedOfficial) -> Option<usize> {
        typed.place.trim().parse().ok().filter(|place| *place > 0)
    }

    fn name(&self) -> &str {
        &self.official.name
    }

    fn account(&self) -> Option<AccountId> {
        self.account
    }

    fn with_account(self, account: Option<AccountId>) -> Self {
        Self { account, ..self }
    }

    fn position(&self) -> u32 {
        self.position
    }

    fn at(self, position: u32) -> Self {
        Self { position, ..self }
    }

    fn is_withdrawn(&self) -> bool {
        self.withdrawn
    }

    fn with_withdrawn(self, withdrawn: bool) -> Self {
        Self { withdrawn, ..self }
    }

    fn words(&self, account: &str) -> Words {
        self.words(account)
    }
}
