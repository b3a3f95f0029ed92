//! Kind of a source file by its bytes, with the limits that workbooks have.
//!
//! Five signatures are looked for by our own few lines ([`attachment`]): crates that know hundreds of kinds (`infer`,
//! `file-format`) tell the kind, but not whether an archive unpacks without end or a file reads as two kinds at once.

use std::io::{self, Read, Seek, SeekFrom};

use zip::ZipArchive;

use super::container;
use domain::attachment::{self, Beginning, FileKind, HEAD_BYTES, Refusal, TAIL_BYTES};

/// Determines the kind of a file. A document is unpacked once, part by part, to measure it.
///
/// # Errors
/// When the file cannot be read; the inner result says why it is not accepted.
pub fn examine<R: Read + Seek>(file: &mut R) -> io::Result<Result<FileKind, Refusal>> {
    let size = file.seek(SeekFrom::End(0))?;
    let head = part(file, 0, HEAD_BYTES)?;
    let kind = match attachment::beginning(&head) {
        Ok(Beginning::Of(kind)) => kind,
        Ok(Beginning::Zip) => return Ok(of_archive(file)),
        Ok(Beginning::Compound) => {
            let has_password = container::hides_encrypted(&whole(file)?);
            return Ok(Err(if has_password { Refusal::Encrypted } else { Refusal::OldOffice }));
        }
        Err(refusal) => return Ok(Err(refusal)),
    };
    let from = size.saturating_sub(u64::try_from(TAIL_BYTES).unwrap_or(u64::MAX));
    let tail = part(file, from, TAIL_BYTES)?;
    Ok(attachment::check_end(kind, &tail).map(|()| kind))
}

fn part<R: Read + Seek>(file: &mut R, from: u64, most: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn whole<R: Read + Seek>(file: &mut R) -> io::Result<Vec<u8>> {
    part(file, 0, container::MAX_FILE_BYTES)
}

fn of_archive<R: Read + Seek>(file: &mut R) -> Result<FileKind, Refusal> {
    let refused = |refusal: container::Refusal| match refusal {
        container::Refusal::Encrypted => Refusal::Encrypted,
        container::Refusal::UnpacksTooLarge => Refusal::UnpacksTooLarge,
        _ => Refusal::Damaged,
    };
    let mut archive = ZipArchive::new(file).map_err(|_| Refusal::Damaged)?;
    container::measure(&mut archive).map_err(refused)?;
    // What cannot be said in Unicode is no name of a part of a document.
    let names: Vec<String> = archive.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
    attachment::of_members(names.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer.start_file(*name, SimpleFileOptions::default()).expect("member");
            writer.write_all(bytes).expect("bytes");
        }
        writer.finish().expect("archive").into_inner()
    }

    fn kind(bytes: &[u8]) -> Result<FileKind, Refusal> {
        examine(&mut Cursor::new(bytes)).expect("memory")
    }

    const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");

    #[test]
    fn real_files_are_told_apart_by_what_they_hold() {
        let docx = archive(&[TYPES, ("word/document.xml", b"<w:document/>")]);
        let mut book = rust_xlsxwriter::Workbook::new();
        book.add_worksheet().write(0, 0, "Lan").expect("cell");
        assert_eq!(kind(&book.save_to_buffer().expect("workbook")), Ok(FileKind::Xlsx));
        assert_eq!(kind(&docx), Ok(FileKind::Docx));
        assert_eq!(kind(b"%PDF-1.4\n1 0 obj\nendobj\ntrailer\n%%EOF"), Ok(FileKind::Pdf));
        assert_eq!(kind(b"%PDF-1.4\n1 0 obj"), Err(Refusal::Damaged));
        assert_eq!(kind(b"\xff\xd8\xff\xe0 picture \xff\xd9"), Ok(FileKind::Jpeg));
    }

    #[test]
    fn what_is_no_document_is_named_for_what_it_is() {
        assert_eq!(kind(b"MZ\x90\0 This program cannot be run in DOS mode"), Err(Refusal::Program));
        assert_eq!(kind(&archive(&[("ho-so/anh.jpg", b"x")])), Err(Refusal::PlainZip));
        let docx = archive(&[TYPES, ("word/document.xml", b"<w:document/>")]);
        assert_eq!(kind(&docx[..docx.len() - 30]), Err(Refusal::Damaged));
        let mixed = [b"%PDF-1.4\n%%EOF\n".as_slice(), &docx].concat();
        assert_eq!(kind(&mixed), Err(Refusal::Mixed));
        let compound = |inside: &str| {
            let name: Vec<u8> = inside.encode_utf16().flat_map(u16::to_le_bytes).collect();
            [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 600], &name, &[0; 64]].concat()
        };
        assert_eq!(kind(&compound("EncryptedPackage")), Err(Refusal::Encrypted));
        assert_eq!(kind(&compound("WordDocument")), Err(Refusal::OldOffice));
    }

    #[test]
    fn a_document_that_unpacks_without_end_is_not_unpacked_to_its_end() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let zeros = vec![0_u8; 1024 * 1024];
        for name in ["[Content_Types].xml", "word/document.xml"] {
            writer.start_file(name, SimpleFileOptions::default()).expect("member");
            for _ in 0..101 {
                writer.write_all(&zeros).expect("bytes");
            }
        }
        let bomb = writer.finish().expect("archive").into_inner();
        assert!(bomb.len() < 1024 * 1024);
        assert_eq!(kind(&bomb), Err(Refusal::UnpacksTooLarge));
    }
}
