//! Help and errors of the command line, in Vietnamese: clap parses, the sentences are ours. What clap cannot be told to say
//! otherwise is put into Vietnamese in the text that it made.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

/// How help is laid out.
const TEMPLATE: &str = "{about-with-newline}\nCách dùng: {usage}\n\n{all-args}";

/// What clap writes by itself, and what stands there.
const WORDS: [(&str, &str); 6] = [
    ("[OPTIONS]", "[TÙY CHỌN]"),
    ("[default: ", "[mặc định: "),
    ("[possible values: ", "[một trong: "),
    ("Possible values:", "Một trong:"),
    ("Usage:", "Cách dùng:"),
    ("<COMMAND>", "<LỆNH>"),
];

/// The command with headings and the flags for help in Vietnamese, and so all below it.
pub(super) fn vietnamese(command: Command) -> Command {
    let below: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    let has_version = command.get_version().is_some();
    let mut command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("Lệnh")
        .subcommand_value_name("LỆNH")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .mut_args(|arg| {
            let heading = if arg.is_positional() { "Tham số" } else { "Tùy chọn" };
            arg.help_heading(heading)
        })
        .arg(flag("help", 'h', ArgAction::Help, "In trợ giúp"));
    if has_version {
        command = command.arg(flag("version", 'V', ArgAction::Version, "In phiên bản"));
    }
    below.into_iter().fold(command, |command, name| command.mut_subcommand(name, vietnamese))
}

fn flag(name: &'static str, short: char, action: ArgAction, help: &'static str) -> Arg {
    Arg::new(name).long(name).short(short).action(action).help(help).help_heading("Tùy chọn")
}

/// What whoever typed the command reads instead of what clap would say, and whether it was asked for.
pub(super) fn told(error: &clap::Error) -> (String, bool) {
    let shown = || in_vietnamese(&error.render().to_string());
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => (shown(), true),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => (shown(), false),
        kind => (wrong(kind, error), false),
    }
}

fn in_vietnamese(text: &str) -> String {
    WORDS.iter().fold(text.to_owned(), |text, (clap, ours)| text.replace(clap, ours))
}

/// What is wrong, where, and what to do.
fn wrong(kind: ErrorKind, error: &clap::Error) -> String {
    let of = |kind| error.get(kind).map(words).unwrap_or_default();
    let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let mut said = match kind {
        ErrorKind::UnknownArgument => format!("Không có tùy chọn hay tham số «{argument}»."),
        ErrorKind::InvalidSubcommand => format!("Không có lệnh «{}».", of(ContextKind::InvalidSubcommand)),
        ErrorKind::InvalidValue if value.is_empty() => format!("Thiếu giá trị của «{argument}»."),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("Giá trị «{value}» của «{argument}» không dùng được.")
        }
        ErrorKind::MissingRequiredArgument => format!("Còn thiếu: {argument}."),
        ErrorKind::MissingSubcommand => "Còn thiếu lệnh.".to_owned(),
        ErrorKind::ArgumentConflict => {
            let with = of(ContextKind::PriorArg);
            if with.is_empty() || with == argument {
                format!("«{argument}» chỉ ghi được một lần.")
            } else {
                format!("«{argument}» không dùng cùng với {with}.")
            }
        }
        ErrorKind::NoEquals | ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("Số giá trị của «{argument}» không đúng.")
        }
        ErrorKind::InvalidUtf8 => "Tham số có chữ không phải UTF-8.".to_owned(),
        _ => "Cách gọi lệnh không đúng.".to_owned(),
    };
    let valid = of(ContextKind::ValidValue);
    if !valid.is_empty() {
        said.push_str(&format!(" Hãy chọn một trong: {valid}."));
    }
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(meant) = meant.into_iter().map(of).find(|meant| !meant.is_empty()) {
        said.push_str(&format!(" Có phải ý bạn là {meant}?"));
    }
    let usage = of(ContextKind::Usage);
    if !usage.is_empty() {
        said.push_str(&format!("\n\n{}", in_vietnamese(&usage)));
    }
    said.push_str("\n\nXem cách dùng bằng «--help».");
    said
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::Bool(_) => String::new(),
        other => other.to_string().trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    fn said(arguments: &[&str]) -> (String, bool) {
        let all = std::iter::once("tinnhiem").chain(arguments.iter().copied());
        told(&vietnamese(Cli::command()).try_get_matches_from(all).expect_err("an error"))
    }

    #[test]
    fn help_is_vietnamese_down_to_every_subcommand() {
        let (help, asked) = said(&["--help"]);
        assert!(asked && help.contains("Cách dùng: tinnhiem <LỆNH>") && help.contains("In trợ giúp"), "{help}");
        for name in Cli::command().get_subcommands().map(Command::get_name) {
            let (help, asked) = said(&[name, "--help"]);
            assert!(asked && help.contains(&format!("Cách dùng: tinnhiem {name}")), "{help}");
            for english in ["Usage", "Options", "Arguments", "[default", "[possible", " the ", "Print help"] {
                assert!(!help.contains(english), "{name}: {english}: {help}");
            }
        }
    }

    #[test]
    fn a_wrong_call_is_told_what_is_wrong_with_it() {
        for (arguments, sentence) in [
            (&["demmo"][..], "Không có lệnh «demmo». Có phải ý bạn là demo?"),
            (&["demo", "--outt", "x"], "Không có tùy chọn hay tham số «--outt»."),
            (&["verify"], "Còn thiếu: <GÓI>."),
            (&["demo", "--seed", "x"], "Giá trị «x» của «--seed <S>» không dùng được."),
            (&["demo", "--out"], "Thiếu giá trị của «--out <THƯ_MỤC>»."),
            (&["demo", "--no-serve", "--listen", "127.0.0.1:1"], "không dùng cùng với"),
            (&["user"], "Cách dùng: tinnhiem user"),
        ] {
            let (text, asked) = said(arguments);
            assert!(text.contains(sentence) && !asked, "{sentence}: {text}");
            assert!(!text.contains("Usage") && !text.contains("error:"), "{text}");
        }
    }
}
