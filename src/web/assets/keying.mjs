// The machine behind the keying page: one key at a time, pure functions, no page. It is `src/domain/keying.rs` once more,
// and says there which key does what; a test runs both over the same keys and compares all that they show.
//
// A state is never changed: press(state, key) gives the next one. Marks lie in it as the keys that made them ("1" to "3",
// "0" no mark, "9" double mark, "." not keyed), one letter a line, in the order of the lines that are asked for.

const NUMBER_DIGITS = 3;

/**
 * Task: { levels: 2 or 3, reasons: number of reasons with a key, asked: [{ paper, lines: [number, …] }, …], done: how many
 * of them, from the first, the server has already, isWhole: whether a whole pile is read }.
 */
export function begin(task) {
    const { levels, reasons, isWhole } = task;
    const lines = isWhole ? (task.asked[0]?.lines ?? []) : [];
    const papers = task.asked.map(({ paper, lines }, place) => blank(paper, lines, place < task.done));
    const state = goOn({
        levels, reasons, isWhole, lines, size: papers.length, papers, at: 0, line: 0,
        question: null, typed: "", presses: 0, signal: null, step: null,
    });
    return !isWhole && state.at < papers.length ? { ...state, question: "begin" } : state;
}

/** A whole pile: every line of every paper. */
export function wholePile(levels, reasons, lines, papers) {
    const numbers = (count) => Array.from({ length: count }, (_, place) => place + 1);
    const asked = numbers(papers).map((paper) => ({ paper, lines: numbers(lines) }));
    return { levels, reasons, asked, done: 0, isWhole: true };
}

/**
 * The machine's key for a KeyboardEvent: where it lies decides, what it writes counts where the place says nothing. null for
 * keys that write nothing, which are left to the browser; "unread" for a key of which neither is told.
 */
export function keyOf({ code, key }) {
    if (key === "*" || key === "＊" || code === "NumpadMultiply") return "*";
    return keyAt(code) ?? keyWritten(key);
}

const NAMED = ["Enter", "Backspace", "PageUp", "PageDown", "ArrowUp", "ArrowDown", "Insert", "Delete"];
const PLACES = { Minus: "-", NumpadSubtract: "-", Equal: "+", NumpadAdd: "+", NumpadEnter: "Enter" };
const WRITTEN = {
    "-": "-", "－": "-", "−": "-", "+": "+", "＋": "+", Process: "unread", Unidentified: "unread", Dead: "unread",
};

function keyAt(code) {
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(code);
    if (digit) return digit[1];
    if (Object.hasOwn(PLACES, code)) return PLACES[code];
    return NAMED.includes(code) ? code : null;
}

function keyWritten(key) {
    if (Object.hasOwn(WRITTEN, key)) return WRITTEN[key];
    if (/^[0-9]$/.test(key)) return key;
    if (/^[０-９]$/.test(key)) return String(key.charCodeAt(0) - "０".charCodeAt(0));
    if (NAMED.includes(key)) return key;
    return [...key].length === 1 ? "other" : null;
}

/** "begin", "line", "paper_full", "reason", "invalid", "jump", "removal", "finished" or "over". */
export function phase(state) {
    if (state.question !== null) return state.question;
    const paper = state.papers[state.at];
    if (paper === undefined) return state.papers.length > state.size ? "over" : "finished";
    if (paper.reason !== null) return "invalid";
    return state.line < paper.lines.length ? "line" : "paper_full";
}

/** What the page shows. */
export function view(state) {
    const now = phase(state);
    const paper = state.papers[state.at];
    return {
        phase: now,
        paper: paper === undefined ? null : number(state, state.at),
        standing: paper === undefined ? null : standing(paper),
        line: now === "line" ? paper.lines[state.line] : null,
        keyed: paper === undefined ? "" : paper.keyed.replace(/\.+$/, ""),
        reason: paper === undefined ? null : paper.reason,
        papersDone: state.papers.filter(isFinished).length,
        papers: state.papers.length,
        size: state.size,
        typed: state.question === "jump" ? state.typed : "",
        presses: state.presses,
    };
}

/** Numbers of the lines that are asked for of the paper at hand. */
export const linesAtHand = (state) => state.papers[state.at]?.lines ?? [];

/** What is heard after `signal`; a mark that is taken makes no sound. */
export function sound(signal) {
    if (signal.startsWith("refused_")) return "refused";
    return { over: "refused", next_paper: "paper", finished: "pile" }[signal] ?? null;
}

/**
 * The next state; its `signal` says what the key did, its `step` what was finished by it, or null:
 * { step: "put", "insert" or "remove", paper, reason, lines, keys }. A refused key changes nothing else but the count of
 * presses.
 */
export function press(state, key) {
    const next = pressed({ ...state, step: null }, key);
    const done = typeof next === "string" ? { ...state, step: null, signal: `refused_${next}` } : next;
    return { ...done, presses: state.presses + 1 };
}

/** The same pile with another size, as the head teller corrected it. Papers that are keyed stay. */
export function resized(state, size) {
    if (!state.isWhole) return state;
    const papers = [...state.papers];
    while (papers.length > size && isUntouched(papers.at(-1))) papers.pop();
    const next = fillUp({ ...state, size, papers });
    return next.at >= next.papers.length ? goOn({ ...next, question: null }) : next;
}

/** A step for every finished paper that is held here, in the order of the pile. */
export function steps(state) {
    return state.papers.flatMap((paper, place) => (standing(paper) === "done" ? [put("put", state, place)] : []));
}

const blank = (paper, lines, hasLeft) => ({
    number: paper, lines, keyed: ".".repeat(lines.length), reason: null, hasLeft, isChanged: false, isHeld: false,
});

function standing({ hasLeft, isChanged, isHeld }) {
    if (!hasLeft) return "new";
    if (isChanged) return "changed";
    return isHeld ? "done" : "kept";
}

const isFinished = ({ hasLeft, isChanged }) => hasLeft && !isChanged;
const isUntouched = ({ hasLeft, reason, keyed }) => !hasLeft && reason === null && /^\.*$/.test(keyed);
const isFull = ({ keyed }) => !keyed.includes(".");
const isDigit = (key) => key >= "0" && key <= "9" && key.length === 1;

const number = ({ isWhole, papers }, place) => (isWhole ? place + 1 : papers[place].number);

function firstUnfinished({ papers }) {
    const place = papers.findIndex((paper) => !isFinished(paper));
    return place < 0 ? papers.length : place;
}

function firstUnmarked({ keyed }) {
    const place = keyed.indexOf(".");
    return place < 0 ? keyed.length : place;
}

// Opens a paper: at its first line when it is finished, to be read once more from there; where it was left otherwise.
function open(state, at) {
    const paper = state.papers[at];
    return { ...state, at, line: paper === undefined || isFinished(paper) ? 0 : firstUnmarked(paper) };
}

function openAtEnd(state, at) {
    const paper = state.papers[at];
    return { ...state, at, line: paper === undefined ? 0 : firstUnmarked(paper) };
}

const goOn = (state) => open(state, firstUnfinished(state));

function fillUp(state) {
    const papers = [...state.papers];
    while (papers.length < state.size) papers.push(blank(0, state.lines, false));
    return { ...state, papers };
}

// Changes what is keyed of the paper at hand, so that it is unfinished.
function change(state, changes) {
    return { ...state, papers: replaced(state.papers, state.at, { ...changes, isChanged: true }) };
}

const replaced = (papers, at, changes) => papers.map((paper, place) => (place === at ? { ...paper, ...changes } : paper));

function put(step, state, place) {
    const { reason, lines, keyed } = state.papers[place];
    const read = reason === null ? { reason, lines, keys: keyed } : { reason, lines: [], keys: "" };
    return { step, paper: number(state, place), ...read };
}

// The next state, or why the key is refused.
function pressed(state, key) {
    if (key === "other") return "unknown_key";
    if (key === "unread") return "unread_key";
    const now = phase(state);
    if (now in questions) return questions[now](state, key);
    if (key === "+") return send(state);
    if (key === "*") return { ...state, question: "jump", typed: "", signal: "asked_paper" };
    if (key === "PageUp") return state.at === 0 ? "no_such_paper" : { ...open(state, state.at - 1), signal: "opened" };
    if (key === "PageDown") return paperAfter(state);
    if (now === "finished" || now === "over") return atEnd(state, key, now);
    if (key === "Insert") return insert(state);
    if (key === "Delete") return askRemoval(state);
    if (key === "ArrowUp") return now === "invalid" || state.line === 0 ? "no_line" : move(state, -1);
    if (key === "ArrowDown") return now === "line" ? lineAfter(state) : "no_line";
    if (key === "Enter") return finish(state, now);
    if (now === "invalid") {
        return key === "Backspace" ? { ...change(state, { reason: null }), signal: "undone" } : "paper_invalid";
    }
    if (key === "Backspace") return undo(state);
    if (key === "-") return { ...state, question: "reason", signal: "asked_reason" };
    return now === "paper_full" ? "paper_full" : digit(state, key);
}

// What a key answers to the question that is open.
const questions = {
    begin: (state, key) => (key === "Enter" ? { ...state, question: null, signal: "begun" } : "not_begun"),
    reason(state, key) {
        if (key === "Backspace") return { ...state, question: null, signal: "undone" };
        if (!isDigit(key) || key === "0" || Number(key) > state.reasons) return "no_such_reason";
        return { ...change(state, { reason: Number(key) }), question: null, signal: "spoiled" };
    },
    jump(state, key) {
        const { typed } = state;
        if (isDigit(key) && typed.length < NUMBER_DIGITS) return { ...state, typed: typed + key, signal: "typed" };
        if (key === "Backspace" && typed !== "") return { ...state, typed: typed.slice(0, -1), signal: "undone" };
        if (key === "Backspace") return { ...state, question: null, signal: "undone" };
        if (key !== "Enter" || typed === "") return "no_such_paper";
        const place = state.papers.findIndex((_, at) => number(state, at) === Number(typed));
        if (place < 0 || place > firstUnfinished(state)) return "no_such_paper";
        return { ...open(state, place), question: null, signal: "opened" };
    },
    removal(state, key) {
        if (key === "Backspace") return { ...state, question: null, signal: "undone" };
        if (key !== "Enter") return "no_answer";
        const { at } = state;
        const remove = { step: "remove", paper: at + 1, reason: null, lines: [], keys: "" };
        const step = state.papers[at].hasLeft ? remove : null;
        const papers = state.papers.filter((_, place) => place !== at);
        return { ...goOn(fillUp({ ...state, papers })), question: null, signal: "removed", step };
    },
};

function atEnd(state, key, now) {
    if (key === "Backspace") return undo(state);
    if (now === "over") return "too_many";
    return key === "Enter" ? "sends_by_plus" : "all_keyed";
}

function digit(state, key) {
    if (key >= "4" && key <= "8") return "unknown_key";
    if (key >= "1" && key <= "3" && Number(key) > state.levels) return "no_such_level";
    const { keyed } = state.papers[state.at];
    const next = change(state, { keyed: keyed.slice(0, state.line) + key + keyed.slice(state.line + 1) });
    // Behind the last line the paper is full; a line that was left out comes first.
    const line = state.line + 1 === keyed.length ? firstUnmarked(next.papers[state.at]) : state.line + 1;
    const marked = { ...next, line, signal: "marked" };
    // Papers and lines that are read again are named, so that no Enter is needed to keep them apart.
    return !state.isWhole && isFull(next.papers[state.at]) && line === keyed.length ? finish(marked, "paper_full") : marked;
}

// Takes back the mark before the line that waits; at the first line, or behind the last paper, opens the paper before.
function undo(state) {
    if (state.line > 0) {
        const { keyed } = state.papers[state.at];
        const line = state.line - 1;
        return { ...change(state, { keyed: `${keyed.slice(0, line)}.${keyed.slice(line + 1)}` }), line, signal: "undone" };
    }
    return state.at === 0 ? "nothing_to_undo" : { ...openAtEnd(state, state.at - 1), signal: "undone" };
}

// Ends the paper at hand and opens the first unfinished one. A finished one in which nothing was changed stays as it is.
function finish(state, now) {
    const { at, papers } = state;
    let next = state;
    // An Enter out of habit: the last mark has ended the paper before.
    if (!state.isWhole && isUntouched(papers[at])) return { ...state, signal: "next_paper" };
    if (!isFinished(papers[at])) {
        if (now !== "invalid" && !isFull(papers[at])) return "lines_left";
        const isInserted = state.isWhole && !papers[at].hasLeft && papers.slice(at + 1).some(({ hasLeft }) => hasLeft);
        const finished = replaced(papers, at, { hasLeft: true, isChanged: false, isHeld: true });
        next = { ...state, papers: finished, step: put(isInserted ? "insert" : "put", state, at) };
    }
    next = goOn(next);
    if (next.at < papers.length) return { ...next, signal: "next_paper" };
    return { ...next, signal: papers.length > state.size ? "over" : "finished" };
}

function send(state) {
    if (firstUnfinished(state) < state.papers.length) return "papers_left";
    return state.papers.length > state.size ? "too_many" : { ...state, signal: "send" };
}

function paperAfter(state) {
    const paper = state.papers[state.at];
    if (paper === undefined) return "no_such_paper";
    return isFinished(paper) ? { ...open(state, state.at + 1), signal: "opened" } : "paper_open";
}

const move = (state, by) => ({ ...state, line: state.line + by, signal: "moved" });

function lineAfter(state) {
    const paper = state.papers[state.at];
    const marked = paper.keyed.replace(/\.+$/, "").length;
    const isBehindLast = state.line + 1 === paper.keyed.length;
    return state.line >= marked || (isBehindLast && !isFull(paper)) ? "no_line" : move(state, 1);
}

function insert(state) {
    if (!state.isWhole) return "only_in_whole";
    if (isUntouched(state.papers[state.at])) return "blank_here";
    const papers = [...state.papers];
    papers.splice(state.at, 0, blank(0, state.lines, false));
    if (papers.length > state.size && isUntouched(papers.at(-1))) papers.pop();
    return { ...open({ ...state, papers }, state.at), signal: "inserted" };
}

function askRemoval(state) {
    if (!state.isWhole) return "only_in_whole";
    const { papers, size, at } = state;
    const isLast = at + 1 === papers.length && papers.length <= size;
    if (isLast && isUntouched(papers[at])) return "belongs_to_pile";
    return { ...state, question: "removal", signal: "asked_removal" };
}
