//! The program: hands its arguments to [`tinnhiem::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    tinnhiem::cli::main()
}
