//! Other people's public keys: those for which anybody could sign are none, whatever kind of credential they come as.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::error::ErrorStack;
use serde_json::{Map, Value};

/// An RSA modulus has at least this many bits (RFC 7518 section 3.3).
const SHORTEST_MODULUS: i32 = 2048;

/// Smaller exponents let signatures be made up (NIST SP 800-56B section 6.2).
const SMALLEST_EXPONENT: u32 = 65_537;

/// An honest modulus has no factor below this (NIST SP 800-56B section 6.4.2.2).
const SMALLEST_FACTOR: u32 = 752;

/// The prime of Curve25519, the greatest byte first.
const PRIME_25519: [u8; 32] = {
    let mut prime = [0xff; 32];
    (prime[0], prime[31]) = (0x7f, 0xed);
    prime
};

/// The y of Ed25519's points of order 8, the greatest byte first.
const ORDER_EIGHT: [[u8; 32]; 2] = [
    *b"\x05\xfc\x53\x6d\x88\x02\x38\xb1\x39\x33\xc6\xd3\x05\xac\xdf\xd5\
       \xf0\x98\xef\xf2\x89\xf4\xc3\x45\xb0\x27\xb2\xc2\x8f\x95\xe8\x26",
    *b"\x7a\x03\xac\x92\x77\xfd\xc7\x4e\xc6\xcc\x39\x2c\xfa\x53\x20\x2a\
       \x0f\x67\x10\x0d\x76\x0b\x3c\xba\x4f\xd8\x4d\x3d\x70\x6a\x17\xc7",
];

/// Whether signatures of this key can only be its owner's. Of elliptic curves other than Ed25519 every point will do,
/// and whoever makes a verifier of one checks that it is a point.
pub fn is_sound(jwk: &Map<String, Value>) -> bool {
    let number = |name: &str| jwk.get(name).and_then(Value::as_str).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    match (jwk.get("kty").and_then(Value::as_str), jwk.get("crv").and_then(Value::as_str)) {
        (Some("RSA"), _) => number("n").zip(number("e")).is_some_and(|(n, e)| is_sound_rsa(&n, &e)),
        (Some("OKP"), Some("Ed25519")) => number("x").is_some_and(|x| is_sound_ed25519(&x)),
        (Some(_), _) => true,
        (None, _) => false,
    }
}

/// The same of an RSA key, of which both numbers are given the greatest byte first.
pub fn is_sound_rsa(modulus: &[u8], exponent: &[u8]) -> bool {
    rsa_holds(modulus, exponent).unwrap_or(false)
}

fn rsa_holds(modulus: &[u8], exponent: &[u8]) -> Result<bool, ErrorStack> {
    let (n, e) = (BigNum::from_slice(modulus)?, BigNum::from_slice(exponent)?);
    if n.num_bits() < SHORTEST_MODULUS
        || !n.is_odd()
        || !e.is_odd()
        || e < BigNum::from_u32(SMALLEST_EXPONENT)?
        || e >= n
    {
        return Ok(false);
    }
    for factor in (3..SMALLEST_FACTOR).step_by(2) {
        if n.mod_word(factor)? == 0 {
            return Ok(false);
        }
    }
    // Whoever knows the factors can sign, and a prime's are known.
    Ok(!n.is_prime(1, &mut *BigNumContext::new()?)?)
}

/// The same of an Ed25519 key: one way of writing a point (RFC 8032 section 5.1.3), and none of small order, under
/// which one signature fits every message.
pub fn is_sound_ed25519(point: &[u8]) -> bool {
    let Ok(mut y) = <[u8; 32]>::try_from(point) else { return false };
    y.reverse();
    // The highest bit is x's sign.
    y[0] &= 0x7f;
    let is_zero_or_one = y[..31] == [0; 31] && y[31] <= 1;
    let is_minus_one = y[..31] == PRIME_25519[..31] && y[31] == PRIME_25519[31] - 1;
    y < PRIME_25519 && !is_zero_or_one && !is_minus_one && !ORDER_EIGHT.contains(&y)
}

#[cfg(test)]
mod tests {
    use openssl::bn::{BigNum, BigNumRef};
    use openssl::pkey::PKey;
    use openssl::rsa::Rsa;

    use super::{is_sound_ed25519, is_sound_rsa};

    fn less(number: &BigNumRef, by: u32) -> Vec<u8> {
        let mut less = number.to_owned().unwrap();
        less.sub_word(by).unwrap();
        less.to_vec()
    }

    fn times(number: &BigNumRef, by: u32) -> Vec<u8> {
        let mut product = number.to_owned().unwrap();
        product.mul_word(by).unwrap();
        product.to_vec()
    }

    #[test]
    fn an_rsa_key_is_long_and_odd_with_an_exponent_from_65537_on_and_unknown_factors() {
        let (pair, short) = (Rsa::generate(2048).unwrap(), Rsa::generate(1024).unwrap());
        let (n, e) = (pair.n().to_vec(), pair.e().to_vec());
        assert!(is_sound_rsa(&n, &e) && is_sound_rsa(&n, &[1, 0, 3]));
        assert!(is_sound_rsa(&[&[0][..], &n].concat(), &[0, 1, 0, 1]), "some write a zero before");
        for exponent in [&[][..], &[0], &[1], &[2], &[3], &[17], &[0xff, 0xff], &[1, 0, 0], &[1, 0, 2], &n] {
            assert!(!is_sound_rsa(&n, exponent), "{exponent:?}");
        }
        let mut prime = BigNum::new().unwrap();
        prime.generate_prime(2048, false, None, None).unwrap();
        for modulus in [vec![], vec![7], short.n().to_vec(), less(pair.n(), 1), times(pair.n(), 3), prime.to_vec()] {
            assert!(!is_sound_rsa(&modulus, &e), "{modulus:?}");
        }
    }

    #[test]
    fn an_ed25519_key_is_one_spelling_of_a_point_of_large_order() {
        for _ in 0..20 {
            assert!(is_sound_ed25519(&PKey::generate_ed25519().unwrap().raw_public_key().unwrap()));
        }
        let edge = |least: u8, most: u8| [&[least][..], &[0xff; 30], &[most]].concat();
        let eighth = |hex: &str| BigNum::from_hex_str(hex).unwrap().to_vec_padded(32).unwrap();
        for (point, what) in [
            ([&[0; 32][..]].concat(), "0"),
            ([&[1][..], &[0; 31]].concat(), "1"),
            ([&[1][..], &[0; 30], &[0x80]].concat(), "1 with a sign"),
            (edge(0xec, 0x7f), "-1"),
            (edge(0xec, 0xff), "-1 with a sign"),
            (edge(0xed, 0x7f), "0 in another spelling"),
            (edge(0xee, 0xff), "1 in another spelling"),
            (edge(0xff, 0x7f), "18 in another spelling"),
            (eighth("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "order 8"),
            (eighth("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"), "order 8"),
            (eighth("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "order 8"),
            (eighth("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"), "order 8"),
            (vec![9; 31], "too short"),
            (vec![9; 33], "too long"),
        ] {
            assert!(!is_sound_ed25519(&point), "{what}");
        }
    }
}
