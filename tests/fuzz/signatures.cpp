// signatures.json, trust documents and the chain of them, which are read before anyone is trusted.
#include "tests/fuzz/fuzz.h"

int lockstep::LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Trust trust{{}, 1, 1, {PrivateKey::generate().public_key()}};
    const std::string json = text_from(data, size);
    accepted([&] {
        const Signatures signatures = parse_signatures(json);
        require(write_signatures(signatures) == json);
        require(follow(trust, signatures.trust_chain).keys == trust.keys); // nobody signed for others
    });
    accepted([&] {
        const Trust parsed = parse_trust(json);
        require(parse_trust(write_trust(parsed)).keys == parsed.keys);
    });
    accepted([&] { require(write_signed(parse_signed(json)) == json); });
    accepted([&] { PublicKey::from_pem(json, "x"); });
    accepted([&] { require(to_base64(bytes_of(from_base64(json))) == json); });
    return 0;
}
