//! The fifty lies. Each is one change, by somebody who can make it, and one check that sees it.

use serde_json::{Value, json};

use super::forged::Forged;
use crate::trail::bundle::layout;

/// Who could do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Whoever hands a file on.
    Carrier,
    /// Whoever holds the key that signs.
    KeyHolder,
}

/// What is made right again after the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Nothing,
    /// The manifest is signed.
    List,
    /// Heads and manifest are signed.
    Sign,
    /// Result, hashes in the log, heads, proofs and manifest are made anew.
    Rewrite,
}

/// One lie.
pub(super) struct Case {
    pub what: &'static str,
    pub who: Who,
    /// The check that must see it.
    pub check: &'static str,
    pub then: Then,
    /// Which of several places it is done at, from a number that follows from the seed.
    pub act: fn(&mut Forged<'_>, usize) -> Option<()>,
}

const fn carrier(what: &'static str, check: &'static str, act: fn(&mut Forged<'_>, usize) -> Option<()>) -> Case {
    Case { what, who: Who::Carrier, check, then: Then::Nothing, act }
}

const fn holder(
    then: Then,
    what: &'static str,
    check: &'static str,
    act: fn(&mut Forged<'_>, usize) -> Option<()>,
) -> Case {
    Case { what, who: Who::KeyHolder, check, then, act }
}

const MINUTES: &str = "papers/minutes.pdf";
const LINE: &str = "/forms/0/counts/lines";

/// The commitments or, in an older bundle, the opened counts of the first batch are changed.
fn first_batch(forged: &mut Forged<'_>, change: fn(&mut Value) -> Option<()>) -> Option<()> {
    if !forged.adds_up() {
        return forged.edit_json(layout::OPENINGS, |file| change(file.pointer_mut("/openings/0/counts")?));
    }
    change(forged.told("batch.committed", 0, "/commitments")?)?;
    forged.name_commitments()
}

/// A point or, in an older bundle, a nonce or a figure of the first batch is changed.
fn cell(forged: &mut Forged<'_>, change: impl Fn(&str) -> String) -> Option<()> {
    if !forged.adds_up() {
        return forged.edit_json(layout::OPENINGS, |file| {
            let nonce = file.pointer_mut("/openings/0/nonce")?;
            *nonce = json!(change(nonce.as_str()?));
            Some(())
        });
    }
    let point = forged.told("batch.committed", 0, "/commitments/lines/0/low")?;
    *point = json!(change(point.as_str()?));
    forged.name_commitments()
}

/// The sum of the blindings or, in an older bundle, the opening of a batch.
fn blinding(forged: &mut Forged<'_>, change: fn(&str) -> String) -> Option<()> {
    if !forged.adds_up() {
        return cell(forged, change);
    }
    let scalar = forged.told("counting.closed", 0, "/forms/0/blindings/lines/0/low")?;
    *scalar = json!(change(scalar.as_str()?));
    Some(())
}

/// Another last hex digit but one, so that the text stays one of 32 bytes.
fn next_digit(text: &str) -> String {
    let digit = if text.starts_with('0') { "1" } else { "0" };
    format!("{digit}{}", text.get(1..).unwrap_or_default())
}

fn move_figure(forged: &mut Forged<'_>, from: &str, to: &str) -> Option<()> {
    forged.adds("counting.closed", 0, from, -1)?;
    forged.adds("counting.closed", 0, to, 1)
}

fn exchange(forged: &mut Forged<'_>, one: &str, other: &str) -> Option<()> {
    let (one, other) = (*forged.places(one).first()?, *forged.places(other).first()?);
    for key in ["kind", "data"] {
        let kept = forged.log.get(one)?.get(key)?.clone();
        let moved = std::mem::replace(forged.log.get_mut(other)?.get_mut(key)?, kept);
        *forged.log.get_mut(one)?.get_mut(key)? = moved;
    }
    Some(())
}

fn without(forged: &mut Forged<'_>, kind: &str) -> Option<()> {
    forged.log.remove(*forged.places(kind).first()?);
    forged.number()
}

/// Without the key.
const CARRIED: [Case; 10] = [
    carrier("Sửa một con số trong results.json sau khi tải về", "mã băm của tệp", |f, n| {
        f.adds_in(layout::RESULTS, "low", n % 20, 1)
    }),
    carrier("Đổi một chữ trong biên bản PDF kèm theo", "mã băm của tệp", |f, _| {
        f.files.get_mut(MINUTES)?.push(b'x');
        Some(())
    }),
    carrier("Bỏ biên bản ra khỏi gói", "đủ tệp theo danh sách đã ký", |f, _| {
        f.files.remove(MINUTES).map(drop)
    }),
    carrier("Thêm một phụ lục không ai phát hành", "không có tệp lạ", |f, _| {
        f.files.insert("papers/phu-luc.pdf".to_owned(), b"%PDF-1.7".to_vec());
        Some(())
    }),
    carrier("Cắt bản ghi cuối của nhật ký", "mã băm của tệp", |f, _| {
        let log = f.files.get_mut(layout::LOG)?;
        let end = log.iter().rev().skip(1).position(|byte| *byte == b'\n')?;
        log.truncate(log.len() - end - 1);
        Some(())
    }),
    carrier("Sửa cỡ một tệp trong MANIFEST", "chữ ký của MANIFEST", |f, _| {
        f.edit(layout::MANIFEST, "  1", "  2")
    }),
    carrier(
        "Thay điểm chốt đóng kiểm phiếu bằng của lần kiểm khác",
        "mã băm của tệp",
        |f, _| {
            let head = f.other.get(layout::CHECKPOINTS[2])?.clone();
            f.files.insert(layout::CHECKPOINTS[2].to_owned(), head);
            Some(())
        },
    ),
    carrier(
        "Nâng ngưỡng «quá nửa» thành «hai phần ba» trong ruleset.toml",
        "mã băm của tệp",
        |f, _| f.edit(layout::RULESET, "share = \"1/2\"", "share = \"2/3\""),
    ),
    carrier("Đổi mã của khóa công khai trong key.pub", "khóa công khai", |f, _| {
        let key = std::str::from_utf8(f.files.get(layout::KEY)?).ok()?;
        let (name, rest) = key.split_once('+')?;
        let changed = format!("{name}+{}", next_digit(rest));
        f.files.insert(layout::KEY.to_owned(), changed.into_bytes());
        Some(())
    }),
    carrier("Thay MANIFEST bằng của lần kiểm khác", "chữ ký hoặc mã băm", |f, _| {
        let manifest = f.other.get(layout::MANIFEST)?.clone();
        f.files.insert(layout::MANIFEST.to_owned(), manifest);
        Some(())
    }),
];

/// With the key, and the log left as it is.
const SIGNED: [Case; 14] = [
    holder(
        Then::List,
        "Thêm một phiếu «tín nhiệm thấp» cho một người trong results.json",
        "tính lại kết quả",
        |f, n| f.adds_in(layout::RESULTS, "low", n % 20, 1),
    ),
    holder(
        Then::List,
        "Đổi mức hệ quả của một người trong results.json",
        "tính lại kết quả",
        |f, _| f.edit(layout::RESULTS, "\"band\": \"none\"", "\"band\": \"over_half_low\""),
    ),
    holder(Then::List, "Đổi một tỷ lệ trong results.json", "tính lại kết quả", |f, _| {
        f.edit(layout::RESULTS, "\"low\": \"", "\"low\": \"9")
    }),
    holder(Then::List, "Đổi căn cứ tính tỷ lệ trong results.json", "tính lại kết quả", |f, _| {
        f.adds_in(layout::RESULTS, "value", 0, 1)
    }),
    holder(
        Then::List,
        "Thay bộ quy tắc bằng bộ có ngưỡng khác",
        "mã băm bộ quy tắc trong nhật ký",
        |f, _| f.edit(layout::RULESET, "share = \"2/3\"", "share = \"3/4\""),
    ),
    holder(
        Then::List,
        "Thay biên bản bằng biên bản của lần kiểm khác",
        "mã băm văn bản trong nhật ký",
        |f, _| {
            let paper = f.other.get(MINUTES)?.clone();
            f.files.insert(MINUTES.to_owned(), paper);
            Some(())
        },
    ),
    holder(
        Then::List,
        "Kèm một văn bản mà nhật ký không ghi",
        "mã băm văn bản trong nhật ký",
        |f, _| {
            f.files.insert("papers/phu-luc.pdf".to_owned(), b"%PDF-1.7".to_vec());
            Some(())
        },
    ),
    holder(Then::List, "Thêm một tệp ngoài các thư mục của gói", "thành phần của gói", |f, _| {
        f.files.insert("ghi-chu.txt".to_owned(), b"x\n".to_vec());
        Some(())
    }),
    holder(
        Then::Sign,
        "Ký điểm chốt đóng kiểm phiếu bằng mã gốc của lần kiểm khác",
        "mã gốc tính từ nhật ký",
        |f, _| {
            let head = f.other.get(layout::CHECKPOINTS[2])?.clone();
            f.files.insert(layout::CHECKPOINTS[2].to_owned(), head);
            Some(())
        },
    ),
    holder(
        Then::Sign,
        "Ký điểm chốt mở bỏ phiếu ở chỗ của điểm chốt đóng kiểm phiếu",
        "điểm chốt đúng lúc",
        |f, _| {
            let head = f.files.get(layout::CHECKPOINTS[2])?.clone();
            f.files.insert(layout::CHECKPOINTS[1].to_owned(), head);
            Some(())
        },
    ),
    holder(Then::Sign, "Bỏ điểm chốt ký biên bản", "đủ điểm chốt", |f, _| {
        f.files.remove(layout::CHECKPOINTS[3]).map(drop)
    }),
    holder(
        Then::List,
        "Sửa một mã băm trong chứng minh nhật ký chỉ ghi thêm",
        "chứng minh chỉ ghi thêm",
        |f, _| {
            f.edit_json(layout::CONSISTENCY, |file| {
                let hash = file.pointer_mut("/proofs/0/hashes/0")?;
                *hash = json!(next_digit(hash.as_str()?));
                Some(())
            })
        },
    ),
    holder(
        Then::List,
        "Chứng minh của biên bản là của nghị quyết",
        "chứng minh văn bản có trong nhật ký",
        |f, _| {
            f.edit_json(layout::INCLUSION, |file| {
                file.get_mut("proofs")?.as_array_mut()?.reverse();
                Some(())
            })
        },
    ),
    holder(
        Then::List,
        "Thêm một bản ghi vào cuối nhật ký",
        "điểm chốt phủ hết nhật ký",
        |f, _| {
            let log = f.files.get_mut(layout::LOG)?;
            let last = log.split(|byte| *byte == b'\n').rev().nth(1)?.to_vec();
            log.extend(last);
            log.push(b'\n');
            Some(())
        },
    ),
];

/// With the key, and the log rewritten.
const REWRITTEN: [Case; 21] = [
    holder(
        Then::Rewrite,
        "Chuyển một phiếu từ thấp sang cao trong tổng của một người",
        "cam kết và tổng",
        |f, _| move_figure(f, "/forms/0/counts/lines/0/low", "/forms/0/counts/lines/0/high"),
    ),
    holder(Then::Rewrite, "Đổi tổng của hai người cho nhau", "cam kết và tổng", |f, _| {
        let lines = f.told("counting.closed", 0, LINE)?.as_array_mut()?;
        lines.swap(0, 1);
        Some(())
    }),
    holder(Then::Rewrite, "Tính một phiếu không hợp lệ thành hợp lệ", "cam kết và tổng", |f, _| {
        let forms = f.told("counting.closed", 0, "/forms")?.as_array_mut()?;
        let reasons = |form: &Value| form.pointer("/counts/invalid").and_then(Value::as_object).cloned();
        // Where no paper was invalid, a line that did not count does.
        let place = forms
            .iter()
            .position(|form| reasons(form).is_some_and(|told| told.values().any(|figure| figure.as_u64() > Some(0))));
        let counts = forms.get_mut(place.unwrap_or_default())?.get_mut("counts")?;
        let invalid = counts.get_mut("invalid")?.as_object_mut()?;
        if let Some(figure) = invalid.values_mut().find(|figure| figure.as_u64() > Some(0)) {
            *figure = json!(figure.as_i64()? - 1);
        }
        let high = counts.pointer_mut("/lines/0/high")?;
        *high = json!(high.as_i64()? + 1);
        Some(())
    }),
    holder(
        Then::Rewrite,
        "Bỏ một tập phiếu ra khỏi nhật ký",
        "các tập đủ số phiếu thu về",
        |f, _| without(f, "batch.committed"),
    ),
    holder(
        Then::Rewrite,
        "Ghi một tập phiếu hai lần, bỏ tập khác",
        "số tập không lặp lại",
        |f, _| {
            let (first, second) = (*f.places("batch.committed").first()?, *f.places("batch.committed").get(1)?);
            let data = f.log.get(first)?.get("data")?.clone();
            *f.log.get_mut(second)?.get_mut("data")? = data;
            Some(())
        },
    ),
    holder(
        Then::Rewrite,
        "Chuyển một phiếu từ tập này sang tập khác",
        "cam kết của tập và số phiếu của tập",
        |f, _| {
            f.adds("batch.committed", 0, "/papers", 1)?;
            f.adds("batch.committed", 1, "/papers", -1)
        },
    ),
    holder(Then::Rewrite, "Một người đọc cả hai lượt của một tập", "hai người đọc", |f, _| {
        for pointer in ["/readers", "/accounts"] {
            if let Some(told) = f.told("batch.committed", 0, pointer).and_then(Value::as_array_mut) {
                let first = told.first()?.clone();
                *told.get_mut(1)? = first;
            }
        }
        Some(())
    }),
    holder(
        Then::Rewrite,
        "Thay cam kết của một ô bằng cam kết của ô khác, hoặc sửa số mở của một tập",
        "từng dòng cộng thành số phiếu của tập",
        |f, _| {
            let other = f
                .told("batch.committed", 0, "/commitments/lines/1/low")
                .and_then(|told| told.as_str().map(str::to_owned));
            cell(f, |own| other.clone().unwrap_or_else(|| next_digit(own)))
        },
    ),
    holder(
        Then::Rewrite,
        "Đổi cho nhau cam kết hoặc số «cao» và «thấp» của một dòng trong một tập: dòng vẫn cộng đúng",
        "tổng các cam kết, hoặc cam kết của tập",
        |f, _| {
            first_batch(f, |told| {
                let line = told.pointer_mut("/lines/0")?;
                let high = line.get("high")?.clone();
                let low = std::mem::replace(line.get_mut("low")?, high);
                *line.get_mut("high")? = low;
                Some(())
            })
        },
    ),
    holder(
        Then::Rewrite,
        "Viết cam kết hoặc số mở bằng 32 byte không phải giá trị nào",
        "cách viết chuẩn của một cam kết",
        |f, _| cell(f, |_| "f".repeat(64)),
    ),
    holder(Then::Rewrite, "Sửa số mở tổng các cam kết", "tổng các cam kết", |f, _| {
        blinding(f, next_digit)
    }),
    holder(
        Then::Rewrite,
        "Đưa cam kết hoặc số mở của lần kiểm khác vào",
        "tổng các cam kết",
        |f, _| {
            let pointer = "/forms/0/blindings/lines/0/low";
            let Some(theirs) = f.others("counting.closed", pointer) else {
                let theirs: Value = serde_json::from_slice(f.other.get(layout::OPENINGS)?).ok()?;
                let nonce = theirs.pointer("/openings/0/nonce")?.clone();
                return f.edit_json(layout::OPENINGS, |file| {
                    *file.pointer_mut("/openings/0/nonce")? = nonce;
                    Some(())
                });
            };
            *f.told("counting.closed", 0, pointer)? = theirs;
            Some(())
        },
    ),
    holder(
        Then::Rewrite,
        "Bớt một phiếu thu về mà không bớt ở tập nào",
        "các tập đủ số phiếu thu về",
        |f, _| {
            f.adds("ballots.returned", 0, "/returned", -1)?;
            f.adds("ballots.returned", 0, "/not_returned", 1)
        },
    ),
    holder(
        Then::Rewrite,
        "Phát ra nhiều phiếu hơn số đại biểu có mặt",
        "số phiếu và số người",
        |f, _| {
            // As many papers more were printed, so that only the people in the hall are too few.
            let more = f.told("voting.opened", 0, "/present")?.as_i64()?;
            f.adds("ballots.issued", 0, "/issued", more)?;
            f.adds("ballots.issued", 0, "/printed", more)?;
            f.adds("ballots.returned", 0, "/issued", more)?;
            f.adds("ballots.returned", 0, "/printed", more)?;
            f.adds("ballots.returned", 0, "/not_returned", more)?;
            f.adds("counting.closed", 0, "/forms/0/issued", more)
        },
    ),
    holder(Then::Rewrite, "Mở bỏ phiếu trước biên bản số không", "thứ tự diễn biến", |f, _| {
        exchange(f, "zero.reported", "voting.opened")
    }),
    holder(Then::Rewrite, "Bỏ việc thử máy bằng tập phiếu mẫu", "thứ tự diễn biến", |f, _| {
        let kind = if f.places("deck.waived").is_empty() { "deck.counted" } else { "deck.waived" };
        without(f, kind)
    }),
    holder(Then::Rewrite, "Biên bản số không có sẵn một phiếu", "biên bản số không", |f, _| {
        f.adds("zero.reported", 0, "/forms/0/counts/lines/0/high", 1)
    }),
    holder(
        Then::Rewrite,
        "Ký một biên bản khác với biên bản đã trình",
        "biên bản đã trình",
        |f, _| {
            let hash = f.told("minutes.signed", 0, "/sha256")?;
            *hash = json!(next_digit(hash.as_str()?));
            Some(())
        },
    ),
    holder(
        Then::Rewrite,
        "Ghi kèm dấu của từng lá phiếu vào bản ghi của một tập",
        "mẫu của bản ghi",
        |f, _| {
            let data = f.told("batch.committed", 0, "")?.as_object_mut()?;
            data.insert("marks".to_owned(), json!(["123"]));
            Some(())
        },
    ),
    holder(Then::Rewrite, "Lùi giờ của một bản ghi", "thứ tự thời gian", |f, _| {
        let place = *f.places("counting.closed").first()?;
        *f.log.get_mut(place)?.get_mut("at")? = json!("2001-01-01T00:00:00Z");
        Some(())
    }),
    holder(
        Then::Rewrite,
        "Thêm một người vào danh sách mà không có trên phiếu",
        "danh sách và mẫu phiếu",
        |f, _| {
            let officials = f.told("list.decided", 0, "/officials")?.as_array_mut()?;
            let last = officials.last()?.clone();
            officials.push(last);
            Some(())
        },
    ),
];

/// With the key; the bundle agrees with itself, and only the paper tells.
const AGREEING: [Case; 5] = [
    holder(
        Then::List,
        "Thay trọn gói bằng một lần kiểm khác, ký lại",
        "mã gốc trên giấy",
        |f, _| {
            f.files = f.other.clone();
            Some(())
        },
    ),
    holder(
        Then::Rewrite,
        "Đổi tên một người ở mọi chỗ, làm lại cả nhật ký",
        "mã gốc trên giấy",
        |f, _| {
            *f.told("list.decided", 0, "/officials/0/name")? = json!("Nguyễn Văn Khác");
            Some(())
        },
    ),
    holder(
        Then::Rewrite,
        "Đổi lời của một ngưỡng trong bộ quy tắc, làm lại cả nhật ký",
        "mã gốc trên giấy",
        |f, _| f.edit(layout::RULESET, "share_words = \"quá nửa\"", "share_words = \"trên một nửa\""),
    ),
    holder(
        Then::Rewrite,
        "Thay biên bản và mọi mã băm của nó trong nhật ký",
        "mã gốc trên giấy",
        |f, _| {
            let paper = f.other.get(MINUTES)?.clone();
            let hash = json!(domain::audit::Digest::of(&paper).to_string());
            f.files.insert(MINUTES.to_owned(), paper);
            *f.told("paper.issued", 0, "/sha256")? = hash.clone();
            *f.told("minutes.proposed", 0, "/sha256")? = hash.clone();
            *f.told("minutes.signed", 0, "/sha256")? = hash;
            Some(())
        },
    ),
    holder(
        Then::Rewrite,
        "Đổi số nghị quyết lập Ban kiểm phiếu, làm lại cả nhật ký",
        "mã gốc trên giấy",
        |f, _| {
            *f.told("board.appointed", 0, "/resolution")? = json!("99/NQ-HĐND");
            Some(())
        },
    ),
];

/// All fifty, in the order of their numbers.
pub(super) fn all() -> impl Iterator<Item = &'static Case> {
    CARRIED.iter().chain(&SIGNED).chain(&REWRITTEN).chain(&AGREEING)
}

/// How many there are.
pub(super) const COUNT: usize = CARRIED.len() + SIGNED.len() + REWRITTEN.len() + AGREEING.len();
