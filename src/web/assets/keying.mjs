// The machine behind the keying page: one key at a time, pure functions, no page. It is `src/domain/keying.rs` once more,
// and says there which key does what; a test runs both over the same keys and compares all that they show.
//
// A state is never changed: press(state, key) gives the next one. Marks lie in it as the keys that made them ("1" to "3",
// "0" no mark, "9" double mark), in the order of the lines that are asked for.

/** Task: { levels: 2 or 3, reasons: number of reasons with a key, asked: [{ paper, lines: [number, …] }, …] }. */
export function begin(task) {
    const first = task.asked.length > 0 ? [blank()] : [];
    return { task, papers: first, closed: 0, asksReason: false, presses: 0, signal: null };
}

/** A whole pile: every line of every paper. */
export function wholePile(levels, reasons, lines, papers) {
    const numbers = (count) => Array.from({ length: count }, (_, place) => place + 1);
    return { levels, reasons, asked: numbers(papers).map((paper) => ({ paper, lines: numbers(lines) })) };
}

/** The machine's key for a KeyboardEvent.key; null for keys that write nothing, which are left to the browser. */
export function keyNamed(name) {
    if (name === "Enter" || name === "Backspace" || name === "-") return name;
    if ([...name].length !== 1) return null;
    return name >= "0" && name <= "9" ? name : "other";
}

/** "line", "paper_full", "reason", "invalid" or "finished". */
export function phase(state) {
    const paper = state.papers[state.closed];
    if (paper === undefined) return "finished";
    if (state.asksReason) return "reason";
    if (paper.reason !== null) return "invalid";
    return paper.keyed.length < state.task.asked[state.closed].lines.length ? "line" : "paper_full";
}

/** What the page shows. */
export function view(state) {
    const now = phase(state);
    const paper = state.papers[state.closed];
    const asked = state.task.asked[state.closed];
    return {
        phase: now,
        paper: paper === undefined ? null : asked.paper,
        line: now === "line" ? asked.lines[paper.keyed.length] : null,
        keyed: paper === undefined ? "" : paper.keyed,
        reason: paper === undefined ? null : paper.reason,
        papersDone: state.closed,
        presses: state.presses,
    };
}

/** What is heard after `signal`; a mark that is taken makes no sound. */
export function sound(signal) {
    if (signal.startsWith("refused_")) return "refused";
    return { next_paper: "paper", finished: "pile" }[signal] ?? null;
}

/** The next state; its `signal` says what the key did. A refused key changes nothing else but the count of presses. */
export function press(state, key) {
    const next = steps[phase(state)](state, key);
    const done = typeof next === "string" ? { ...state, signal: `refused_${next}` } : next;
    return { ...done, presses: state.presses + 1 };
}

/** What was read of all papers asked for: [{ paper, reason: number or null, lines: [[line, key], …] }]; null before the end. */
export function answers(state) {
    if (phase(state) !== "finished") return null;
    return state.task.asked.map(({ paper, lines }, place) => {
        const { keyed, reason } = state.papers[place];
        return { paper, reason, lines: reason === null ? lines.map((line, at) => [line, keyed[at]]) : [] };
    });
}

const blank = () => ({ keyed: "", reason: null });
const isDigit = (key) => key >= "0" && key <= "9";

// One function a phase: the next state, or why the key is refused.
const steps = {
    line(state, key) {
        if (key === "0" || key === "9") return mark(state, key);
        if (key >= "1" && key <= "3") return Number(key) <= state.task.levels ? mark(state, key) : "no_such_level";
        if (key === "Enter") return "lines_left";
        if (key === "Backspace") return undo(state);
        if (key === "-") return { ...state, asksReason: true, signal: "asked_reason" };
        return "unknown_key";
    },
    paper_full(state, key) {
        if (key === "Enter") return nextPaper(state);
        if (key === "Backspace") return undo(state);
        if (key === "-") return { ...state, asksReason: true, signal: "asked_reason" };
        return isDigit(key) ? "paper_full" : "unknown_key";
    },
    reason(state, key) {
        if (key === "Backspace") return { ...state, asksReason: false, signal: "undone" };
        if (!isDigit(key) || key === "0" || Number(key) > state.task.reasons) return "no_such_reason";
        return { ...onTop(state, { reason: Number(key) }), asksReason: false, signal: "spoiled" };
    },
    invalid(state, key) {
        if (key === "Enter") return nextPaper(state);
        if (key === "Backspace") return { ...onTop(state, { reason: null }), signal: "undone" };
        return isDigit(key) || key === "-" ? "paper_invalid" : "unknown_key";
    },
    finished(state, key) {
        if (key === "Enter") return { ...state, signal: "send" };
        if (key === "Backspace") return undo(state);
        return isDigit(key) || key === "-" ? "all_keyed" : "unknown_key";
    },
};

function onTop(state, change) {
    const papers = state.papers.map((paper, place) => (place === state.closed ? { ...paper, ...change } : paper));
    return { ...state, papers };
}

function mark(state, key) {
    const { keyed } = state.papers[state.closed];
    return { ...onTop(state, { keyed: keyed + key }), signal: "marked" };
}

function nextPaper(state) {
    const closed = state.closed + 1;
    if (closed === state.task.asked.length) return { ...state, closed, signal: "finished" };
    return { ...state, closed, papers: [...state.papers, blank()], signal: "next_paper" };
}

// Takes back the last mark of the paper on top; at its first line, or behind the last paper, opens the one before.
function undo(state) {
    const keyed = state.papers[state.closed]?.keyed ?? "";
    if (keyed !== "") return { ...onTop(state, { keyed: keyed.slice(0, -1) }), signal: "undone" };
    if (state.closed === 0) return "nothing_to_undo";
    const closed = state.closed - 1;
    return { ...state, closed, papers: state.papers.slice(0, closed + 1), signal: "undone" };
}
