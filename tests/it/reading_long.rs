//! A dossier of real size: on paper, in parts, beside another one, and in one file with all others.

use std::io::{Cursor, Read as _};

use app::demo::fill::Links;
use axum::http::StatusCode;
use domain::fact::{Fact, FactKind, Status};
use domain::id::PollId;
use domain::role::Role;

use crate::paper_text;
use crate::site::{Engine, LONG, Site, Visitor, checked, long_book, sample_book};

/// Pages that [`LONG`] facts may take on paper. 25 are aimed at: where every fact has a paper of its own, the source takes
/// a third line in each row.
const MOST_PAGES: usize = 34;
/// Officials of the sample whose dossiers are beside the long one.
const OTHERS: usize = 3;

struct Room {
    site: Site,
    poll: PollId,
}

impl Room {
    /// A release of [`OTHERS`] dossiers of the sample after one of real size; `db` reads, `vp` is of the office.
    async fn new() -> Self {
        let (site, council) = Site::with_council(Engine::Sqlite).await;
        site.has_account(council, "db", "Trần Thị Đại Biểu", Role::Delegate).await;
        site.has_account(council, "vp", "Ngô Văn Phòng", Role::Clerk).await;
        let mut book = sample_book();
        let long = long_book();
        book.officials.truncate(OTHERS + 1);
        book.facts.retain(|fact| fact.officials.iter().all(|no| (1..=OTHERS).contains(&no.0)));
        // Those of the long one first: which of them wait goes by their places.
        book.facts.splice(0..0, long.facts);
        site.app.fill(council, &book, &Links::default()).await.expect("filled");
        let poll = site.has_poll(council).await;
        site.has_release(council, poll).await;
        Self { site, poll }
    }

    async fn reader(&self) -> Visitor {
        self.site.signed_in("mau", "db").await
    }
}

fn runs(story: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("runtime").block_on(story);
}

#[test]
fn a_dossier_of_real_size_begins_with_what_needs_attention_and_takes_few_pages() {
    runs(async {
        let room = Room::new().await;
        let mut reader = room.reader().await;
        let dossier = format!("/doc/{}/1", room.poll);
        let page = reader.opens(&dossier).await;
        assert_eq!(page.all("h2")[0], "I. Điểm cần xem");
        let paper = reader.opens(&format!("{dossier}/pdf")).await;
        let pages = paper_text::pages(&paper.bytes);
        eprintln!("{LONG} facts: {} pages", pages.len());
        assert!(pages.len() <= MOST_PAGES, "{} pages", pages.len());
        let summary = pages[0].find("Không đạt").expect("what was missed stands on the first page");
        assert!(pages[0][..summary].contains("I. Điểm cần xem"));
        // The person's report is text, and whole.
        let report = "đã chỉ đạo rà soát toàn bộ quy hoạch";
        assert_eq!(page.html.matches(report).count(), 5 * 8, "every paragraph stands once");
        assert_eq!(page.all("details.statement > p:first-of-type").len(), 5);
    });
}

#[test]
fn a_reader_chooses_facts_by_year_kind_and_outcome_and_the_rest_of_the_page_stays() {
    runs(async {
        let room = Room::new().await;
        let mut reader = room.reader().await;
        let dossier = format!("/doc/{}/1", room.poll);
        let shown = reader.opens(&format!("{dossier}?nam=2022&loai=target&muc=chua-dat")).await;
        let rows = shown.all(".fold tbody tr");
        let missed = |fact: &&Fact| fact.kind == FactKind::Target && fact.status == Some(Status::NotMet);
        let book = long_book();
        let of_year = checked(&book).filter(|fact| fact.period.year() == 2022).filter(missed).count();
        let shown_rows = rows.iter().filter(|row| !row.contains("Trả lời")).count();
        assert!(of_year > 0 && shown_rows == of_year, "{shown_rows} {of_year}");
        let is_missed = |row: &String| row.contains("Không đạt") && row.contains("2022") || row.contains("Trả lời");
        assert!(rows.iter().all(is_missed), "{rows:?}");
        assert!(shown.text(".warning").contains("trên 309 dữ kiện: năm 2022, Chỉ tiêu, chưa đạt"), "{}", shown.html);
        assert_eq!(shown.all(".reading-bar form button").len(), 1, "it can be marked as read");
        let none = reader.opens(&format!("{dossier}?nam=1999")).await;
        assert!(none.text(".warning").contains("Đang xem 0 trên 309 dữ kiện: năm 1999"));
        let nonsense = reader.opens(&format!("{dossier}?nam=%3Cscript%3E&loai=x")).await;
        assert_eq!(nonsense.all("h2")[0], "I. Điểm cần xem", "what is no filter shows everything");
    });
}

#[test]
fn two_officials_of_one_block_stand_beside_each_other_by_counts_alone() {
    runs(async {
        let room = Room::new().await;
        let mut reader = room.reader().await;
        let at = |a: u32, b: u32| format!("/doc/{}/canh-nhau?mot={a}&hai={b}", room.poll);
        let page = reader.opens(&at(1, 2)).await;
        let captions = page.all("table caption");
        assert_eq!(captions, ["Năm 2023", "Năm 2022", "Năm 2021"]);
        let targets = page.all("table:first-of-type tbody tr:first-child td");
        let book = long_book();
        let of_year = checked(&book).filter(|fact| fact.period.year() == 2023 && fact.kind == FactKind::Target).count();
        assert!(targets[0].starts_with(&format!("{of_year} dữ kiện")), "{targets:?}");
        let link = page.attribute("table:first-of-type tbody tr:first-child td a", "href").expect("a link");
        let facts = reader.opens(&link).await;
        assert!(facts.text(".warning").contains(&format!("Đang xem {of_year} trên 309")), "{}", facts.html);
        let same = reader.opens(&at(1, 1)).await;
        assert!(same.text(".warning").contains("hai người khác nhau trong cùng một khối"));
    });
}

#[test]
fn all_dossiers_are_taken_away_in_one_file_with_contents_or_packed_as_they_were_released() {
    runs(async {
        let room = Room::new().await;
        let mut reader = room.reader().await;
        let base = format!("/doc/{}", room.poll);
        let volume = reader.opens(&format!("{base}/tat-ca.pdf")).await;
        let pages = paper_text::pages(&volume.bytes);
        let front = &pages[0];
        for told in ["TẬP HỒ SƠ", "Hồ sơ theo lĩnh vực", "Bản phát hành 1, "] {
            assert!(front.contains(told), "{told}: {front}");
        }
        // What the contents say is where it is, and each page says which of the volume it is.
        let line = front.lines().find(|line| line.contains("Hồ sơ Trần Thị B")).expect("a line of the contents");
        let number: usize = line.split_whitespace().next_back().expect("a page").parse().expect("a number");
        assert!(pages[number - 1].contains("HỒ SƠ NGƯỜI ĐƯỢC LẤY PHIẾU") && pages[number - 1].contains("Trần Thị B"));
        assert!(pages[number - 1].contains(&format!("tập {number}/{}", pages.len())));

        let archive = reader.opens(&format!("{base}/tat-ca.zip")).await;
        let mut files = zip::ZipArchive::new(Cursor::new(archive.bytes)).expect("an archive");
        let room_page = reader.opens(&base).await;
        assert_eq!(files.len(), room_page.all("table.reading tbody tr").len(), "every dossier");
        let released = reader.opens(&format!("{base}/1/pdf")).await;
        let mut first = Vec::new();
        files.by_index(0).expect("a file").read_to_end(&mut first).expect("read");
        assert!(first == released.bytes, "the very file that was released");

        let mut clerk = room.site.signed_in("mau", "vp").await;
        let of_office = clerk.opens(&format!("/ky/{}/ho-so/phat-hanh/1/tat-ca.pdf", room.poll)).await;
        assert!(of_office.bytes == volume.bytes, "the office takes the same");
        assert_eq!(clerk.opens(&format!("{base}/tat-ca.pdf")).await.status, StatusCode::FORBIDDEN);
        let none = clerk.opens(&format!("/ky/{}/ho-so/phat-hanh/9/tat-ca.zip", room.poll)).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);
    });
}
