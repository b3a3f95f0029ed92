// What the keying page says. Signs tell without colour; the sentence stands beside them. No sentence holds a mark.

// Why a key did nothing.
const REFUSALS = {
    unknown_key: () => "Phím này không dùng được: dùng phím số, Enter, Backspace hoặc các nút ở dưới.",
    unread_key: () =>
        "Bộ gõ tiếng Việt đang bật hoặc phím này không dùng được: tắt bộ gõ, dùng phím số hoặc các nút ở dưới.",
    not_begun: () => "Chưa bắt đầu: Enter để bắt đầu.",
    no_such_level: () => "Phiếu này chỉ có hai mức: phím 1 và phím 2.",
    lines_left: () => "Phiếu còn dòng chưa nhập.",
    paper_full: () => "Phiếu đã đủ dòng: Enter để kết thúc phiếu.",
    paper_invalid: () => "Phiếu đã ghi là không hợp lệ: Enter để kết thúc phiếu, Backspace để bỏ.",
    no_such_reason: () => "Không có lý do này: bấm số của lý do, Backspace để bỏ.",
    no_such_paper: () => "Không đến được phiếu này: chỉ đến được các phiếu đã nhập và phiếu đang nhập dở.",
    paper_open: ({ paper }) => `Phiếu ${paper} chưa kết thúc: nhập đủ dòng rồi Enter.`,
    no_line: () => "Không có dòng đã nhập ở phía đó.",
    nothing_to_undo: () => "Chưa nhập gì để bỏ.",
    only_in_whole: () => "Chỉ chèn hoặc xóa phiếu khi nhập cả tập; nếu thừa hoặc thiếu phiếu, báo Trưởng ban.",
    blank_here: ({ paper }) => `Phiếu ${paper} còn trống: nhập luôn phiếu bỏ sót ở đây.`,
    belongs_to_pile: ({ size }) =>
        `Tập có ${size} phiếu nên còn phiếu này: nếu trên tay không còn phiếu nào, báo Trưởng ban sửa số phiếu của tập.`,
    no_answer: () => "Enter để xóa phiếu này, Backspace để giữ.",
    papers_left: () => "Chưa gửi được: còn phiếu chưa nhập.",
    sends_by_plus: () => "Đã nhập hết tập: phím + để gửi.",
    all_keyed: ({ size }, isWhole) =>
        isWhole
            ? `Đã nhập đủ ${size} phiếu: nếu trên tay còn phiếu, báo Trưởng ban sửa số phiếu của tập; nếu đủ, phím + để gửi.`
            : "Đã nhập hết các phiếu đang lệch: phím + để gửi.",
    too_many: (now) => over(now),
};

const over = ({ papers, size }) =>
    `Đã nhập ${papers} phiếu, nhiều hơn ${size} phiếu của tập: đến phiếu nhập thừa và xóa phiếu đó (phím * rồi Delete), ` +
    "hoặc báo Trưởng ban sửa số phiếu của tập.";

// What waits, where a question or an end says it, whatever the last key did.
const PHASES = {
    begin: (_, what) =>
        what === "decide"
            ? "? Hai người còn lệch ở các dòng tô đậm: cầm phiếu trên tay, Enter để bắt đầu nhập mức đúng."
            : "? Hai lượt lệch ở các dòng tô đậm: Enter để bắt đầu nhập lại các dòng đó từ phiếu giấy.",
    reason: () => "? Bấm số của lý do phiếu không hợp lệ; Backspace để bỏ.",
    jump: ({ typed }) => `? Đến phiếu số: ${typed || "…"} Enter để đến, Backspace để thôi.`,
    removal: ({ paper }) => `? Trong tập không có phiếu ${paper}? Enter để xóa phiếu đã nhập này, Backspace để giữ.`,
    invalid: ({ paper }) => `– Phiếu ${paper} không hợp lệ: Enter để kết thúc phiếu.`,
    finished: () => "✓ Đã nhập hết tập: phím + để gửi.",
    over: (now) => `✗ ${over(now)}`,
};

const SIGNALS = {
    begun: () => "✓ Bắt đầu nhập từ phiếu giấy.",
    next_paper: () => "✓ Phiếu tiếp theo.",
    inserted: ({ paper }) => `? Nhập phiếu bỏ sót, thành phiếu ${paper}; Enter khi đủ dòng.`,
    removed: ({ paper }) => `✓ Đã xóa phiếu; nhập tiếp phiếu ${paper}.`,
    undone: () => "← Đã bỏ một bước.",
};

const STANDINGS = {
    done: ({ paper }) => `Phiếu ${paper} đã nhập: nhập đè dòng sai (phím ↑ ↓ để đến dòng) rồi Enter; Enter ngay để giữ nguyên.`,
    kept: ({ paper }) =>
        `Phiếu ${paper} đã gửi, trang này không giữ: nhập lại cả phiếu rồi Enter, đến lúc đó lượt nhập trước vẫn tính; ` +
        "Enter ngay để giữ nguyên.",
    changed: ({ paper }) => `Đang sửa phiếu ${paper}: Enter khi xong; đến lúc đó lượt nhập trước vẫn tính.`,
};

/** The sentence after `signal`, where `now` is what the machine shows and `what` the task. */
export function sentence(signal, now, what = "entry") {
    const refusal = signal?.startsWith("refused_") ? signal.slice("refused_".length) : null;
    if (refusal !== null) return `✗ ${REFUSALS[refusal](now, what === "entry")}`;
    if (now.phase in PHASES) return PHASES[now.phase](now, what);
    if (signal === "opened" || signal === "moved" || now.standing === "changed") {
        const text = STANDINGS[now.standing]?.(now);
        if (text !== undefined) return text;
    }
    if (now.phase === "paper_full") return `✓ Đủ dòng: Enter để kết thúc phiếu ${now.paper}.`;
    if (signal === "undone" && now.standing === "kept") return STANDINGS.kept(now);
    return SIGNALS[signal]?.(now) ?? "";
}

/** For a screen reader: what was marked, and the line that waits. */
export function nextLine(now, name, marked) {
    const next = now.line === null ? "" : `Dòng ${now.line}: ${name}.`;
    return [marked && `${marked}.`, next].filter(Boolean).join(" ");
}
