//! The program: hands its arguments to [`tinnhiem::cli`].

fn main() {}
