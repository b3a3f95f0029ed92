//! Writes what each program of fuzzing begins with: `seeds REPOSITORY FOLDER` makes `FOLDER/PROGRAM/NAME`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use domain::rules::builtin_texts;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(repository), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err("seeds REPOSITORY FOLDER".into());
    };
    let put = |program: &str, name: &str, bytes: &[u8]| -> Result<(), Box<dyn Error>> {
        fs::create_dir_all(folder.join(program))?;
        Ok(fs::write(folder.join(program).join(name), bytes)?)
    };
    for (id, text) in builtin_texts() {
        put("rules", id, text.as_bytes())?;
    }
    put("workbook", "template.xlsx", &import::template_xlsx()?)?;
    for (name, bytes) in tables(&repository)? {
        put("table", &name, &bytes)?;
    }
    let example = fs::read_to_string(repository.join("src/domain/audit/EXAMPLE.md"))?;
    // Every second piece between fences is an example: lines of the log, hashes, the key, signed heads.
    for (number, piece) in example.split("```").skip(1).step_by(2).enumerate() {
        let piece = piece.trim_start_matches("text\n");
        put("checkpoint", &format!("example-{number}"), piece.as_bytes())?;
        put("checkpoint", &format!("line-{number}"), piece.trim_end().as_bytes())?;
        for (line, text) in piece.lines().filter(|line| line.starts_with('{')).enumerate() {
            put("entry", &format!("example-{number}-{line}"), text.as_bytes())?;
        }
    }
    let files = [("MANIFEST", "a\n"), ("key.pub", "b\n"), ("log.jsonl", "{}\n"), ("papers/bien-ban.pdf", "%PDF-1.7\n")];
    put("bundle", "small.zip", &import::pack(files.iter().map(|(name, text)| (*name, text.as_bytes())))?)?;
    put("scan", "paper.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n")?;
    put("scan", "picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0")?;
    put("scan", "photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9")?;
    put("scan", "workbook.xlsx", &import::template_xlsx()?)?;
    Ok(())
}

/// The first lines of published results, and the sheets of the sample.
fn tables(repository: &Path) -> Result<Vec<(String, Vec<u8>)>, Box<dyn Error>> {
    let mut tables = Vec::new();
    for folder in ["tests/fixtures/published", "templates/sample", "tests/fixtures"] {
        for entry in fs::read_dir(repository.join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|ending| ending == "csv") {
                let text = fs::read_to_string(&path)?;
                let lines: String = text.lines().take(8).flat_map(|line| [line, "\n"]).collect();
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                tables.push((name, lines.into_bytes()));
            }
        }
    }
    Ok(tables)
}
