//! The master key: a file of 32 bytes outside the database, from which a key per purpose is derived.
//! Whatever the database holds sealed names the master key that sealed it.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::error::ErrorStack;
use openssl::md::Md;
use openssl::pkey::{Id, PKey};
use openssl::pkey_ctx::PkeyCtx;
use openssl::sign::Signer;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};

use crate::base::seal::{CannotUnseal, Fingerprint};
use crate::base::{Dice, Fault, Seal, Sealed};

use super::cannot_use::CannotUse;

const LENGTH: usize = 32;
const NONCE: usize = 12;
const TAG: usize = 16;

/// The one secret that isn't in the database. It never leaves the process, and no log shows it.
#[derive(Clone, derive_more::Debug)]
#[debug("MasterKey({fingerprint})")]
pub struct MasterKey {
    bytes: [u8; LENGTH],
    fingerprint: Fingerprint,
}

/// What a derived key is for. A key of one purpose is of no use for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    /// Sealing the private halves of signing keys.
    SigningKeys,
    /// Sealing letters in the outbox.
    Outbox,
    /// Sealing the seeds of authenticator apps.
    TotpSeeds,
    /// Authenticating forms (CSRF).
    Csrf,
    /// Telling names apart that people typed and nobody has, without keeping them: some are passwords in the wrong
    /// field.
    TypedNames,
    /// Naming the master key without telling it.
    Fingerprint,
}

impl KeyPurpose {
    /// The label that HKDF binds the derived key to. Changing one makes everything sealed under it unreadable.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::SigningKeys => b"guichet/1/signing-keys",
            Self::Outbox => b"guichet/1/outbox",
            Self::TotpSeeds => b"guichet/1/totp-seeds",
            Self::Csrf => b"guichet/1/csrf",
            Self::TypedNames => b"guichet/1/typed-names",
            Self::Fingerprint => b"guichet/1/fingerprint",
        }
    }
}

impl MasterKey {
    /// Reads the key from its file: 32 bytes, as 64 hexadecimal digits or as base64url.
    pub fn load(path: &Path) -> Result<Self, CannotUse> {
        let unreadable = |cause: std::io::Error| {
            let path = path.to_owned();
            if cause.kind() == ErrorKind::NotFound {
                CannotUse::NoMasterKey { path }
            } else {
                CannotUse::UnreadableMasterKey { path, cause }
            }
        };
        let file = File::open(path).map_err(unreadable)?;
        let mode = file.metadata().map_err(unreadable)?.mode() & 0o777;
        if mode & 0o077 != 0 {
            tracing::warn!(
                path = %path.display(),
                mode = format!("{mode:o}"),
                "others may read the master key: run `chmod 600` on it"
            );
        }
        let mut text = String::new();
        file.take(1024).read_to_string(&mut text).map_err(unreadable)?;
        let bytes = parse(text.trim()).ok_or_else(|| CannotUse::NotAMasterKey { path: path.to_owned() })?;
        Ok(Self::new(bytes)?)
    }

    /// Makes a key and writes it to a file that only its owner may read. A file that exists is left alone.
    pub fn create(path: &Path) -> Result<Self, CannotUse> {
        let unwritable = |cause: std::io::Error| {
            let path = path.to_owned();
            if cause.kind() == ErrorKind::AlreadyExists {
                CannotUse::MasterKeyExists { path }
            } else {
                CannotUse::UnwritableMasterKey { path, cause }
            }
        };
        let key = Self::random()?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(unwritable)?;
        // The name of the file must be as durable as its content: a database sealed with a lost key is lost too.
        writeln!(file, "{}", URL_SAFE_NO_PAD.encode(key.bytes)).and_then(|()| file.sync_all()).map_err(unwritable)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(unwritable)?;
        Ok(key)
    }

    /// A key that lives in memory only.
    pub fn random() -> Result<Self, Fault> {
        Self::new(Dice.bytes()?)
    }

    fn new(bytes: [u8; LENGTH]) -> Result<Self, Fault> {
        let name = derive(&bytes, KeyPurpose::Fingerprint)?;
        Ok(Self { bytes, fingerprint: Fingerprint(URL_SAFE_NO_PAD.encode(&name[..12])) })
    }

    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// What modules that know no keys seal with.
    pub fn sealer(&self, purpose: KeyPurpose) -> Sealer {
        Sealer { master: self.clone(), purpose }
    }

    /// Seals with AES-256-GCM under a random nonce; see [`Seal::seal`].
    pub fn seal(&self, purpose: KeyPurpose, plain: &[u8], associated: &[u8]) -> Result<Sealed, Fault> {
        let nonce: [u8; NONCE] = Dice.bytes()?;
        let key = derive(&self.bytes, purpose)?;
        let mut tag = [0; TAG];
        let hidden =
            encrypt_aead(Cipher::aes_256_gcm(), &key, Some(&nonce), associated, plain, &mut tag).map_err(broken)?;
        Ok(Sealed { by: self.fingerprint.clone(), bytes: [&nonce[..], &hidden, &tag].concat() })
    }

    /// Opens what [`MasterKey::seal`] sealed for the same purpose with the same associated bytes.
    pub fn open(&self, purpose: KeyPurpose, sealed: &Sealed, associated: &[u8]) -> Result<Vec<u8>, CannotUnseal> {
        if sealed.by != self.fingerprint {
            return Err(CannotUnseal::OtherKey(sealed.by.clone()));
        }
        let (nonce, rest) = sealed.bytes.split_at_checked(NONCE).ok_or(CannotUnseal::Altered)?;
        let (hidden, tag) =
            rest.len().checked_sub(TAG).and_then(|at| rest.split_at_checked(at)).ok_or(CannotUnseal::Altered)?;
        let key = derive(&self.bytes, purpose).map_err(|_| CannotUnseal::Altered)?;
        decrypt_aead(Cipher::aes_256_gcm(), &key, Some(nonce), associated, hidden, tag)
            .map_err(|_| CannotUnseal::Altered)
    }

    /// An HMAC-SHA256 that only this deployment can make.
    pub fn mac(&self, purpose: KeyPurpose, bytes: &[u8]) -> Result<[u8; 32], Fault> {
        let key = PKey::hmac(&derive(&self.bytes, purpose)?).map_err(broken)?;
        let mut mac = [0; 32];
        let mut signer = Signer::new(openssl::hash::MessageDigest::sha256(), &key).map_err(broken)?;
        signer.sign_oneshot(&mut mac, bytes).map_err(broken)?;
        Ok(mac)
    }

    /// Whether that is the bytes' HMAC, found out in a time that doesn't tell how much of it is right.
    pub fn mac_matches(&self, purpose: KeyPurpose, bytes: &[u8], presented: &[u8]) -> Result<bool, Fault> {
        let mac = self.mac(purpose, bytes)?;
        Ok(presented.len() == mac.len() && openssl::memcmp::eq(&mac, presented))
    }
}

/// The master key, held for one purpose.
#[derive(Clone, Debug)]
pub struct Sealer {
    master: MasterKey,
    purpose: KeyPurpose,
}

impl Seal for Sealer {
    fn seal(&self, plain: &[u8], associated: &[u8]) -> Result<Sealed, Fault> {
        self.master.seal(self.purpose, plain, associated)
    }

    fn open(&self, sealed: &Sealed, associated: &[u8]) -> Result<Vec<u8>, CannotUnseal> {
        self.master.open(self.purpose, sealed, associated)
    }
}

/// HKDF-SHA256 (RFC 5869). The master key is uniformly random already, hence no salt.
fn derive(master: &[u8; LENGTH], purpose: KeyPurpose) -> Result<[u8; 32], Fault> {
    let derive = || -> Result<[u8; 32], ErrorStack> {
        let mut context = PkeyCtx::new_id(Id::HKDF)?;
        context.derive_init()?;
        context.set_hkdf_md(Md::sha256())?;
        context.set_hkdf_key(master)?;
        context.add_hkdf_info(purpose.label())?;
        let mut derived = [0; 32];
        context.derive(Some(&mut derived))?;
        Ok(derived)
    };
    derive().map_err(broken)
}

fn broken(cause: ErrorStack) -> Fault {
    Fault::broken("OpenSSL", cause)
}

fn parse(text: &str) -> Option<[u8; LENGTH]> {
    let bytes = if text.len() == 2 * LENGTH {
        from_hex(text)?
    } else {
        URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?
    };
    bytes.try_into().ok()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<Vec<_>>>()?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use proptest::prelude::*;

    use super::{CannotUnseal, CannotUse, KeyPurpose, MasterKey, Sealed, derive, from_hex};

    fn key() -> MasterKey {
        MasterKey::random().unwrap()
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_unless_a_bit_of_it_changed(
            plain: Vec<u8>,
            associated: Vec<u8>,
            at: prop::sample::Index,
            bit in 0..8u8,
        ) {
            let key = key();
            let mut sealed = key.seal(KeyPurpose::Outbox, &plain, &associated).unwrap();
            prop_assert_eq!(key.open(KeyPurpose::Outbox, &sealed, &associated).unwrap(), plain);
            let at = at.index(sealed.bytes.len());
            sealed.bytes[at] ^= 1 << bit;
            prop_assert_eq!(key.open(KeyPurpose::Outbox, &sealed, &associated), Err(CannotUnseal::Altered));
        }

        #[test]
        fn any_bytes_are_refused(bytes: Vec<u8>) {
            let key = key();
            let sealed = Sealed { by: key.fingerprint().clone(), bytes };
            prop_assert_eq!(key.open(KeyPurpose::Outbox, &sealed, b""), Err(CannotUnseal::Altered));
        }
    }

    #[test]
    fn another_row_purpose_or_key_opens_nothing() {
        let key = key();
        let sealed = key.seal(KeyPurpose::Outbox, b"letter", b"row 1").unwrap();
        assert_eq!(key.open(KeyPurpose::Outbox, &sealed, b"row 2"), Err(CannotUnseal::Altered));
        assert_eq!(key.open(KeyPurpose::SigningKeys, &sealed, b"row 1"), Err(CannotUnseal::Altered));
        let other = self::key().open(KeyPurpose::Outbox, &sealed, b"row 1");
        assert_eq!(other, Err(CannotUnseal::OtherKey(key.fingerprint().clone())));
    }

    #[test]
    fn a_mac_is_for_its_purpose_and_bytes() {
        let key = key();
        let mac = key.mac(KeyPurpose::Csrf, b"form").unwrap();
        assert!(key.mac_matches(KeyPurpose::Csrf, b"form", &mac).unwrap());
        assert!(!key.mac_matches(KeyPurpose::Csrf, b"farm", &mac).unwrap());
        assert!(!key.mac_matches(KeyPurpose::Outbox, b"form", &mac).unwrap());
        assert!(!key.mac_matches(KeyPurpose::Csrf, b"form", &mac[..31]).unwrap());
    }

    /// What is derived today must be derived by every later release.
    #[test]
    fn derived_keys_never_change() {
        let master = [7; 32];
        assert_eq!(derive(&master, KeyPurpose::SigningKeys).unwrap()[..4], [0xc0, 0xef, 0xa2, 0x04]);
        assert_eq!(derive(&master, KeyPurpose::Outbox).unwrap()[..4], [0xb8, 0x9a, 0x31, 0xe2]);
        assert_eq!(derive(&master, KeyPurpose::TotpSeeds).unwrap()[..4], [0x0a, 0xad, 0x3d, 0x2a]);
        assert_eq!(derive(&master, KeyPurpose::Csrf).unwrap()[..4], [0x5a, 0xe1, 0x56, 0xc0]);
        assert_eq!(derive(&master, KeyPurpose::Fingerprint).unwrap()[..4], [0x7f, 0x19, 0x98, 0xc0]);
        assert_eq!(from_hex("00ff7A"), Some(vec![0, 255, 0x7a]));
    }

    #[test]
    fn the_file_is_its_owners_alone_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        assert!(matches!(MasterKey::load(&path), Err(CannotUse::NoMasterKey { .. })));
        let made = MasterKey::create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(MasterKey::load(&path).unwrap().fingerprint(), made.fingerprint());
        assert!(matches!(MasterKey::create(&path), Err(CannotUse::MasterKeyExists { .. })));
        let hex: String = made
            .bytes
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .map(|digit| char::from_digit(digit.into(), 16).unwrap())
            .collect();
        std::fs::write(&path, hex).unwrap();
        assert_eq!(MasterKey::load(&path).unwrap().fingerprint(), made.fingerprint(), "hexadecimal is read as well");
        std::fs::write(&path, "correct horse battery staple").unwrap();
        assert!(matches!(MasterKey::load(&path), Err(CannotUse::NotAMasterKey { .. })));
    }

    #[test]
    fn nothing_prints_the_key() {
        let key = key();
        assert_eq!(format!("{key:?}"), format!("MasterKey({})", key.fingerprint()));
    }
}
