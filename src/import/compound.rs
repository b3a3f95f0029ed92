//! A stream of a compound file, in which Excel 97-2003 wrapped its workbooks. Source: MS-CFB.

/// Entries of the table of sectors that are no sectors.
const LAST_SECTOR: u32 = 0xFFFF_FFFA;
/// Bytes of a directory entry.
const ENTRY: usize = 128;
/// Streams shorter than this lie in the small sectors of the root's stream.
const SMALL_STREAM: usize = 4096;
/// Bytes of a small sector.
const SMALL_SECTOR: usize = 64;

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn double(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn size(number: u32) -> Option<usize> {
    usize::try_from(number).ok()
}

struct Sectors<'b> {
    bytes: &'b [u8],
    sector: usize,
    next: Vec<u32>,
}

impl Sectors<'_> {
    fn at(&self, number: u32) -> Option<&[u8]> {
        let start = size(number)?.checked_add(1)?.checked_mul(self.sector)?;
        let end = start.checked_add(self.sector)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// The sectors of a chain, one behind the other.
    fn chain(&self, first: u32) -> Option<Vec<u8>> {
        let (mut number, mut out) = (first, Vec::new());
        let mut left = self.next.len();
        while number < LAST_SECTOR {
            left = left.checked_sub(1)?;
            out.extend_from_slice(self.at(number)?);
            number = *self.next.get(size(number)?)?;
        }
        Some(out)
    }
}

/// The stream of the first of these names; `None` in a damaged file, or without one.
pub(super) fn stream(bytes: &[u8], names: &[&str]) -> Option<Vec<u8>> {
    let sector = 1_usize.checked_shl(u32::from(word(bytes, 30)?))?;
    if !(128..=4096).contains(&sector) {
        return None;
    }
    let mut sectors = Sectors { bytes, sector, next: Vec::new() };
    let mut tables: Vec<u32> = (0..109).filter_map(|i| double(bytes, 76 + 4 * i)).collect();
    let (mut more, mut left) = (double(bytes, 68)?, double(bytes, 72)?);
    while more < LAST_SECTOR && left > 0 {
        let table = sectors.at(more)?.to_vec();
        let entries = sector / 4 - 1;
        tables.extend((0..entries).filter_map(|i| double(&table, 4 * i)));
        more = double(&table, 4 * entries)?;
        left -= 1;
    }
    for table in tables.into_iter().filter(|table| *table < LAST_SECTOR) {
        let entries = sectors.at(table)?.to_vec();
        sectors.next.extend((0..sector / 4).filter_map(|i| double(&entries, 4 * i)));
    }
    let directory = sectors.chain(double(bytes, 48)?)?;
    let entries: Vec<(String, u32, usize)> = directory
        .chunks_exact(ENTRY)
        .filter_map(|entry| {
            let letters = usize::from(word(entry, 64)?).checked_sub(2)? / 2;
            let name: Vec<u16> = (0..letters.min(31)).filter_map(|i| word(entry, 2 * i)).collect();
            Some((String::from_utf16_lossy(&name), double(entry, 116)?, size(double(entry, 120)?)?))
        })
        .collect();
    let (_, first, length) = names.iter().find_map(|name| entries.iter().find(|entry| entry.0 == *name))?;
    if *length >= SMALL_STREAM {
        let mut out = sectors.chain(*first)?;
        out.truncate(*length);
        return Some(out);
    }
    let (_, root, _) = entries.first()?;
    let small = sectors.chain(*root)?;
    let table = sectors.chain(double(bytes, 60)?)?;
    let (mut number, mut out) = (*first, Vec::new());
    while number < LAST_SECTOR && out.len() < *length {
        let start = size(number)?.checked_mul(SMALL_SECTOR)?;
        out.extend_from_slice(small.get(start..start.checked_add(SMALL_SECTOR)?)?);
        number = double(&table, size(number)?.checked_mul(4)?)?;
    }
    out.truncate(*length);
    Some(out)
}
