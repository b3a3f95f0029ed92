//! The command line: one file per subcommand. Data goes to stdout, messages to stderr; 0 done, 1 the answer is no, 2
//! wrong usage or bad input.

mod anchor;
mod backup;
mod bundle;
mod clock;
mod demo;
mod doctor;
mod head;
mod machine;
mod out;
mod paper;
mod rehearse;
mod restore;
mod rules;
mod scenarios;
mod serve;
mod tally;
mod template;
mod transfer;
mod usage;
mod user;
mod verify;
mod witness;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use app::AppError;

/// How a command ended, other than by an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// Done.
    Yes,
    /// The question was answered with no: something does not hold.
    No,
}

/// Lấy phiếu, bỏ phiếu tín nhiệm: hồ sơ, phiếu, kiểm phiếu, giấy tờ, và nhật ký ai cũng kiểm chứng được.
#[derive(Parser)]
#[command(name = "tinnhiem", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Args),
    Serve(serve::Args),
    Doctor(doctor::Args),
    Rehearse(rehearse::Args),
    Tally(tally::Args),
    Bundle(bundle::Args),
    Verify(verify::Args),
    Paper(paper::Args),
    Template(template::Args),
    Rules(rules::Args),
    Scenarios(scenarios::Args),
    User(user::Args),
    Clock(clock::Args),
    Anchor(anchor::Args),
    Head(head::Args),
    Witness(witness::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Transfer(transfer::Args),
}

/// Reads the arguments, runs the command, and says how it ended.
pub fn main() -> ExitCode {
    let matches = usage::vietnamese(Cli::command()).try_get_matches();
    let command = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli.command,
        Err(error) => return told(&error),
    };
    let result = match command {
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => serve::run(args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Rehearse(args) => rehearse::run(&args),
        Command::Tally(args) => tally::run(&args),
        Command::Bundle(args) => bundle::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Paper(args) => paper::run(&args),
        Command::Template(args) => template::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Scenarios(args) => scenarios::run(&args),
        Command::User(args) => user::run(args),
        Command::Clock(args) => clock::run(args),
        Command::Anchor(args) => anchor::run(args),
        Command::Head(args) => head::run(args),
        Command::Witness(args) => witness::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Transfer(args) => transfer::run(&args),
    };
    match result {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(error) => {
            report(&error);
            ExitCode::from(2)
        }
    }
}

/// Help that was asked for is data; what is wrong with a call is a message.
fn told(error: &clap::Error) -> ExitCode {
    let (text, was_asked) = usage::told(error);
    if was_asked {
        out::data(&text);
        return ExitCode::SUCCESS;
    }
    out::message(&text);
    ExitCode::from(2)
}

fn report(error: &AppError) {
    if let AppError::Findings { findings, .. } = error {
        out::findings(findings);
    }
    out::message(&error.to_string());
}
