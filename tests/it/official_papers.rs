//! Minutes and resolution as a reader of the paper sees them, in the wording of the published resolutions of 2023.

use domain::council::{Council, CouncilKind};
use domain::count::BatchCounts;
use domain::day_record::{DayRecord, Hands};
use domain::document::{CheckpointBox, CountingMode, Document, MinutesParts, minutes, resolution};
use domain::official::{Block, Honorific};
use domain::poll::{LevelCounts, PollKind};
use domain::result::{FormCount, Listed, PollResult, decide};
use domain::roster::{Teller, TellerRole};
use domain::rules::RuleSet;

use crate::council::{Votes, party_committee, province, rules};
use crate::office::{Office, pages};

/// One form of 80 ballots with the given counts, the first of them those of the published resolution.
fn result(rules: &RuleSet, kind: PollKind, lines: &[LevelCounts]) -> PollResult {
    let block = Block("Khối Hội đồng nhân dân tỉnh".into());
    let person = |i: usize| Listed {
        name: format!("Lê Văn {i}"),
        honorific: Some(Honorific::Mr),
        post: "Chủ tịch Hội đồng nhân dân tỉnh".into(),
        block: block.clone(),
    };
    let list: Vec<Listed> = (1..=lines.len()).map(person).collect();
    let form = FormCount {
        form: "F1-000000".into(),
        block: block.clone(),
        issued: 80,
        counts: BatchCounts { papers: 80, invalid: [].into(), lines: lines.to_vec() },
    };
    decide(rules, kind, 85, &list, vec![form]).unwrap()
}

fn checkpoint() -> CheckpointBox {
    CheckpointBox {
        caption: "Điểm chốt".into(), groups: vec!["ab12".into(); 16], key: "cd34".into(), qr: "mẫu".into()
    }
}

/// The words of a paper, page breaks and runs of blanks as one blank.
fn words(document: &Document) -> String {
    let office = Office::new();
    let file = office.path("paper.pdf");
    std::fs::write(&file, pdf::document(document).unwrap().bytes).unwrap();
    pages(&file).join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has(text: &str, sentences: &[&str]) {
    for sentence in sentences {
        assert!(text.contains(sentence), "“{sentence}” is not on the paper:\n{text}");
    }
}

#[test]
fn the_resolution_reads_as_the_published_one_and_says_that_nobody_is_in_a_band() {
    let (rules, council) = (rules("NQ96-2023-QH15"), province());
    let frame = council.votes(PollKind::Rating, &rules);
    let result = result(&rules, PollKind::Rating, &[LevelCounts::Rating { high: 78, medium: 1, low: 1 }]);
    let text = words(&resolution(&frame, &result, checkpoint()));
    has(
        &text,
        &[
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "NGHỊ QUYẾT Xác nhận kết quả lấy phiếu tín nhiệm đối với người giữ chức vụ do Hội đồng nhân dân tỉnh Mẫu khóa \
             XVIII, nhiệm kỳ 2021 - 2026 bầu",
            "HỘI ĐỒNG NHÂN DÂN TỈNH MẪU KHÓA XVIII, KỲ HỌP THỨ 17",
            "Căn cứ Luật Tổ chức chính quyền địa phương số 77/2015/QH13;",
            "Căn cứ Nghị quyết số 96/2023/QH15 ngày 23 tháng 6 năm 2023 của Quốc hội",
            "Căn cứ Biên bản kiểm phiếu ngày 12 tháng 12 năm 2023",
            "QUYẾT NGHỊ:",
            "Tổng số phiếu phát ra: 80 phiếu",
            "I - KHỐI HỘI ĐỒNG NHÂN DÂN TỈNH",
            "1. Ông Lê Văn 1, Chủ tịch Hội đồng nhân dân tỉnh",
            "- Số phiếu tín nhiệm cao: 78 phiếu (chiếm 97,5% tổng số phiếu thu về).",
            "- Số phiếu tín nhiệm: 01 phiếu (chiếm 1,25% tổng số phiếu thu về).",
            "- Số phiếu tín nhiệm thấp: 01 phiếu (chiếm 1,25% tổng số phiếu thu về).",
            "- Không có người nào có quá nửa",
            "DIỄN TẬP",
        ],
    );
}

#[test]
fn somebody_with_two_thirds_is_not_among_nobody_over_half() {
    let (rules, council) = (rules("NQ96-2023-QH15"), province());
    let frame = council.votes(PollKind::Rating, &rules);
    let paper = |lows: &[u32]| {
        let line = |&low: &u32| LevelCounts::Rating { high: 80 - low, medium: 0, low };
        let result = result(&rules, PollKind::Rating, &lows.iter().map(line).collect::<Vec<_>>());
        words(&resolution(&frame, &result, checkpoint()))
    };
    let top = paper(&[54]);
    has(
        &top,
        &[
            "- Không có người nào có quá nửa đến dưới hai phần ba tổng số phiếu thu về đánh giá “tín nhiệm thấp”.",
            "- Có 01 người có từ hai phần ba tổng số phiếu thu về trở lên đánh giá “tín nhiệm thấp”:",
            "tiến hành miễn nhiệm hoặc phê chuẩn đề nghị miễn nhiệm",
        ],
    );
    let half = paper(&[53, 41, 40]);
    has(&half, &["- Có 02 người có quá nửa đến dưới hai phần ba", "- Không có người nào có từ hai phần ba"]);
}

#[test]
fn each_body_signs_and_numbers_its_own_way_and_no_unread_ground_is_cited() {
    let counts = [LevelCounts::Rating { high: 78, medium: 1, low: 1 }];
    let paper = |rules: &RuleSet, council: &Council, basis| {
        let mut frame = council.votes(PollKind::Rating, rules);
        frame.occasion.basis = basis;
        words(&resolution(&frame, &result(rules, PollKind::Rating, &counts), checkpoint()))
    };
    let (now, old) = (rules("NQ96-2023-QH15"), rules("NQ85-2014-QH13"));
    let mut assembly = province();
    (assembly.kind, assembly.name) = (CouncilKind::NationalAssembly, "Quốc hội".into());
    assembly.term.legislature = "XV".into();
    let text = paper(&now, &assembly, None);
    has(
        &text,
        &["/2023/QH15", "do Quốc hội bầu hoặc phê chuẩn", "QUỐC HỘI KHÓA XV, KỲ HỌP THỨ 17", "CHỦ TỊCH QUỐC HỘI"],
    );
    assert!(!text.contains("NQ-HĐND") && !text.contains("Căn cứ ;"), "{text}");

    let mut commune = province();
    commune.kind = CouncilKind::CommuneCouncil;
    let text = paper(&now, &commune, Some("Nghị quyết số 01/2028/QH16"));
    has(&text, &["/NQ-HĐND", "Căn cứ Nghị quyết số 01/2028/QH16;"]);

    let text = paper(&old, &province(), None);
    has(&text, &["tổng số đại biểu).", "Kết quả được công khai theo quy định của pháp luật."]);
}

#[test]
fn minutes_name_band_margin_duty_and_doubtful_rules_of_a_line_one_ballot_over_half() {
    let (rules, council) = (rules("NQ96-2023-QH15"), province());
    let frame = council.votes(PollKind::Rating, &rules);
    let lines =
        [LevelCounts::Rating { high: 36, medium: 2, low: 41 }, LevelCounts::Rating { high: 80, medium: 0, low: 0 }];
    let result = result(&rules, PollKind::Rating, &lines);
    let head = Teller { account: None, name: "Phạm Văn C".into(), role: TellerRole::Head };
    let counting = CountingMode::Simulated { seed: Some(1), batches: 4, reread: 2 };
    let day = DayRecord::default();
    let parts = MinutesParts {
        tellers: &[head],
        delegates: 85,
        counting,
        day: &day,
        copies: Some(3),
        checkpoint: checkpoint(),
    };
    let text = words(&minutes(&frame, &result, parts));
    has(
        &text,
        &[
            "BIÊN BẢN KIỂM PHIẾU",
            "BAN KIỂM PHIẾU",
            "Phạm Văn C",
            "51,25",
            "quá nửa",
            "vừa đủ",
            "13 phiếu",
            "phải kiểm lại dòng này từ phiếu giấy",
            "Có thể xin từ chức",
            "Bản diễn tập",
        ],
    );
    assert!(!text.contains("51,25%%"));
}

/// Two people may have any line counted again: of one that had to be, the minutes do not say that it was far off.
#[test]
fn minutes_say_only_of_a_line_that_was_not_due_that_it_was_counted_again_all_the_same() {
    let (rules, council) = (rules("NQ96-2023-QH15"), province());
    let frame = council.votes(PollKind::Rating, &rules);
    let lines =
        [LevelCounts::Rating { high: 36, medium: 2, low: 41 }, LevelCounts::Rating { high: 80, medium: 0, low: 0 }];
    let result = result(&rules, PollKind::Rating, &lines);
    let hands = |reason: &str| Hands {
        asked: "Phạm Văn C".into(),
        agreed: "Lê Thường Trực".into(),
        reason: reason.into(),
        at: "2023-12-07T03:00:00Z".parse().unwrap(),
    };
    let order = |line, reason| ("F1-000000".to_owned(), line, hands(reason));
    let day =
        DayRecord { orders: vec![order(1, "Xin đếm lại"), order(2, "Có ý kiến")], ..DayRecord::default() };
    let parts = MinutesParts {
        tellers: &[],
        delegates: 85,
        counting: CountingMode::Declared,
        day: &day,
        copies: None,
        checkpoint: checkpoint(),
    };
    let text = words(&minutes(&frame, &result, parts));
    has(
        &text,
        &[
            "Kiểm lại từ phiếu giấy Ông Lê Văn 1",
            "dòng 1) được kiểm lại: Xin đếm lại.",
            "dòng 2) được kiểm lại dù không sát ngưỡng: Có ý kiến.",
        ],
    );
}

#[test]
fn the_partys_paper_has_no_national_title_and_a_confidence_poll_has_two_levels() {
    let (party, council) = (rules("QD96-TW-2023"), party_committee());
    let frame = council.votes(PollKind::Rating, &party);
    let rated = result(&party, PollKind::Rating, &[LevelCounts::Rating { high: 78, medium: 1, low: 1 }]);
    let text = words(&resolution(&frame, &rated, checkpoint()));
    has(&text, &["ĐẢNG CỘNG SẢN VIỆT NAM", "BÁO CÁO Kết quả lấy phiếu tín nhiệm", "2. Kết quả", "T/M BAN CHẤP HÀNH"]);
    for word in ["CỘNG HÒA", "QUYẾT NGHỊ", "Điều 1.", "Nghị quyết"] {
        assert!(!text.contains(word), "{word}: {text}");
    }

    let (state, council) = (rules("NQ96-2023-QH15"), province());
    let frame = council.votes(PollKind::Confidence, &state);
    let counts = LevelCounts::Confidence { confidence: 39, no_confidence: 41 };
    let lost = result(&state, PollKind::Confidence, &[counts]);
    let text = words(&resolution(&frame, &lost, checkpoint()));
    has(&text, &["- Số phiếu không tín nhiệm: 41 phiếu (chiếm 51,25% tổng số phiếu thu về).", "xem xét miễn nhiệm"]);
}
