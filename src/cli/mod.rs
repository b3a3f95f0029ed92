//! The command line: one file per subcommand. Data goes to stdout, messages to stderr; 0 done, 1 the answer is no, 2
//! wrong usage or bad input.

mod bundle;
mod demo;
mod doctor;
mod out;
mod rehearse;
mod rules;
mod serve;
mod tally;
mod template;
mod user;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use app::AppError;

/// How a command ended, other than by an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    /// Done.
    Yes,
    /// The question was answered with no: something does not hold.
    No,
}

/// Confidence votes of Vietnamese councils: dossiers, ballots, count, papers, and a trail that verifies.
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
    Template(template::Args),
    Rules(rules::Args),
    User(user::Args),
}

/// Reads the arguments, runs the command, and says how it ended.
pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Demo(args) => demo::run(&args),
        Command::Serve(args) => serve::run(args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Rehearse(args) => rehearse::run(&args),
        Command::Tally(args) => tally::run(&args),
        Command::Bundle(args) => bundle::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Template(args) => template::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::User(args) => user::run(args),
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

fn report(error: &AppError) {
    if let AppError::Findings { findings, .. } = error {
        out::findings(findings);
    }
    out::message(&error.to_string());
}
