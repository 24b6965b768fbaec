#include "payload/trust.h"

#include "payload/bundle_format.h"
#include "payload/digest.h"
#include "payload/distinct_keys.h"
#include "payload/error.h"

#include <functional>
#include <gtest/gtest.h>

using namespace lockstep;

namespace {

const PrivateKey a = PrivateKey::generate();
const PrivateKey b = PrivateKey::generate();
const PrivateKey c = PrivateKey::generate();
const PrivateKey stranger = PrivateKey::generate();

using Keys = std::vector<PrivateKey>;

std::vector<PublicKey> public_keys(const Keys& keys) {
    std::vector<PublicKey> result;
    for (const PrivateKey& key : keys) result.push_back(key.public_key());
    return result;
}

Trust trust_of(const Keys& keys, int version = 1, int threshold = 1, const std::string& product = "clinic") {
    return {product, version, threshold, public_keys(keys)};
}

Trust plain(const Keys& keys) {
    return trust_of(keys, 1, 1, "");
}

std::vector<KeySignature> signed_by(const Keys& signers, const std::string& bytes) {
    std::vector<KeySignature> signatures;
    for (const PrivateKey& key : signers)
        signatures.push_back({key.public_key().base64(), key.sign(bytes_of(bytes))});
    return signatures;
}

SignedDocument document(const Trust& trust, const Keys& signers) {
    const std::string bytes = write_trust(trust);
    return {bytes, signed_by(signers, bytes)};
}

std::string refusal(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::not_trusted);
        return error.what();
    }
    return "nothing was thrown";
}

std::string follow_refusal(const Trust& pinned, const std::vector<SignedDocument>& chain) {
    return refusal([&] { follow(pinned, chain); });
}

const SignedDocument two = document(trust_of({b}, 2), {a, b});
const SignedDocument three = document(trust_of({c}, 3), {b, c});

} // namespace

TEST(Trust, FollowsTheChainFromWhereverItIsPinned) {
    for (const Trust& pinned : {plain({a}), trust_of({b}, 2), trust_of({c}, 3)}) {
        const Trust trust = follow(pinned, {two, three});
        EXPECT_EQ(trust.version, 3);
        EXPECT_EQ(trust.keys, public_keys({c}));
        EXPECT_EQ(trust.product, "clinic");
    }
    EXPECT_EQ(follow(plain({a}), {}).keys, public_keys({a}));
}

TEST(Trust, KeysWithoutADocumentJoinWhereTheyAreNamed) {
    EXPECT_EQ(follow(plain({c}), {two, three}).version, 3);
    EXPECT_EQ(follow(plain({b}), {two, three}).version, 3);
}

TEST(Trust, RefusesAStrangersDocument) {
    EXPECT_EQ(
        follow_refusal(plain({a}), {document(trust_of({stranger}, 2), {stranger})}),
        "Could not follow the trust documents: none of them is signed by the keys that are trusted here");
    EXPECT_EQ(follow_refusal(plain({a}), {two, document(trust_of({stranger}, 3), {stranger})}),
              "Could not follow trust document 2: the next document isn't signed by enough of its keys");
}

TEST(Trust, RefusesADocumentThatItsOwnKeysHaveNotSigned) {
    EXPECT_EQ(follow_refusal(plain({a}), {document(trust_of({b, c}, 2, 2), {a, b})}),
              "Could not follow trust document 2: too few of its own keys have signed it");
}

TEST(Trust, NeedsThePredecessorsThreshold) {
    const SignedDocument next = document(trust_of({c}, 3), {a, c});
    EXPECT_EQ(follow(trust_of({a, b}, 2, 2), {next}).version,
              2); // it may be older; the manifest's signatures decide
    EXPECT_EQ(follow(trust_of({a, b}, 2, 1), {next}).version, 3);
    EXPECT_EQ(follow_refusal(plain({a}), {document(trust_of({a, b}, 2, 2), {a, b}), next}),
              "Could not follow trust document 2: the next document isn't signed by enough of its keys");
}

TEST(Trust, RefusesAGap) {
    EXPECT_EQ(follow_refusal(plain({a}), {document(trust_of({b}, 3), {a, b})}),
              "Could not follow trust document 3: document 2 should come here");
    EXPECT_EQ(follow_refusal(plain({a}), {two, document(trust_of({c}, 4), {b, c})}),
              "Could not follow trust document 4: document 3 should come here");
    EXPECT_EQ(follow_refusal(plain({a}), {two, document(trust_of({b}, 2), {b})}),
              "Could not follow trust document 2: document 3 should come here");
}

TEST(Trust, RefusesAnotherProduct) {
    EXPECT_EQ(follow_refusal(trust_of({a}), {document(trust_of({b}, 2, 1, "pharmacy"), {a, b})}),
              "Could not follow trust document 2: it is for the product 'pharmacy', not 'clinic'");
}

TEST(Trust, RefusesAnotherDocumentOfThePinnedVersion) {
    EXPECT_EQ(
        follow_refusal(trust_of({b}, 2), {document(trust_of({b, stranger}, 2), {b})}),
        "Could not follow trust document 2: it names other keys than the document of the same number that is "
        "trusted here");
}

TEST(Trust, ChecksADocumentBeforeItIsRead) {
    const std::string rubbish = "{not json";
    EXPECT_EQ(
        follow_refusal(plain({a}), {{rubbish, signed_by({stranger}, rubbish)}}),
        "Could not follow the trust documents: none of them is signed by the keys that are trusted here");
    EXPECT_EQ(follow_refusal(plain({a}), {{rubbish, signed_by({a}, rubbish)}}),
              "Could not read a trust document: it is no valid JSON near byte 3");
}

TEST(Trust, CountsDifferentKeysOnly) {
    const Trust both = trust_of({a, b}, 1, 2);
    const auto require = [&](const Keys& signers) {
        return [&both, signers] { require_signed(both, bytes_of("m"), signed_by(signers, "m"), "m.bundle"); };
    };
    EXPECT_NO_THROW(require({a, b})());
    EXPECT_NO_THROW(require({stranger, b, a})());
    const std::string key_a = a.public_key().base64();
    EXPECT_EQ(refusal(require({a, a})),
              "Could not trust m.bundle: it needs the signatures of 2 trusted keys and has 1 "
              "(signed by " +
                  key_a + ", " + key_a + "; trusted: " + key_a + ", " + b.public_key().base64() + ")");
    EXPECT_NE(refusal(require({})).find("has 0 (signed by nobody;"), std::string::npos);
}

TEST(Trust, RefusesASignatureThatDoesNotFit) {
    std::vector<KeySignature> signatures = signed_by({a, stranger}, "m");
    signatures[1].signature = signatures[0].signature;
    EXPECT_EQ(refusal([&] { require_signed(plain({a}), bytes_of("m"), signatures, "m.bundle"); }),
              "Could not trust m.bundle: the signature by key " + signatures[1].key +
                  " doesn't fit it; it was damaged or changed");
}

TEST(Trust, ReadsOnlyWellFormedDocuments) {
    const std::string key = a.public_key().base64();
    const auto parse = [](const std::string& keys, const std::string& rest) {
        return refusal([&] { parse_trust("{\"keys\":[" + keys + "],\"product\":\"p\"," + rest + "}"); });
    };
    const std::string quoted = "\"" + key + "\"";
    EXPECT_EQ(parse(quoted + "," + quoted, R"("format":1,"version":2,"threshold":1)"),
              "Could not read a trust document: 'keys' names a key twice");
    EXPECT_EQ(parse(quoted, R"("format":1,"version":2,"threshold":2)"),
              "Could not read a trust document: 'threshold' asks for more keys than there are");
    EXPECT_EQ(parse(quoted, R"("format":1,"version":2,"threshold":0)"),
              "Could not read a trust document: 'threshold' must be from 1 to 2147483647");
    EXPECT_EQ(parse(quoted, R"("format":2,"version":2,"threshold":1)"),
              "Could not read a trust document: 'format' must be from 1 to 1");
    EXPECT_EQ(parse(quoted, R"("format":1,"version":2,"threshold":1,"more":1)"),
              "Could not read a trust document: 'more' is not a key that this version knows");
}

// An executable that was wrapped when a key could be named twice: each counts once, and the threshold is
// held against what is left.
TEST(CarriedKeys, CountEachKeyOnce) {
    const std::string key = "\"" + a.public_key().base64() + "\"";
    const std::string stub = "code";
    const auto read = [&](const std::string& threshold) {
        const std::string json =
            R"({"format":1,"keys":[)" + key + "," + key + R"(],"threshold":)" + threshold + "}";
        std::string block = json + little_endian(json.size()) + little_endian(stub.size());
        block += sha256(block);
        const std::string file = stub + block + std::string(keys_magic);
        BundleExtent extent;
        extent.offset = file.size();
        read_carried_keys(TextSource(file), extent, "update");
        return extent;
    };
    EXPECT_EQ(read("1").carried_keys, public_keys({a}));
    EXPECT_EQ(
        refusal([&] { read("2"); }),
        "Could not read the keys in the update executable: 'threshold' asks for more keys than there are");
}

TEST(CarriedKeys, AreRefusedWhereOneIsGivenTwiceOrTheyAreTooMany) {
    const auto said = [](const std::vector<PublicKey>& keys) -> std::string {
        try {
            carried_keys(keys, 1, 4);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), Code::wrong_usage);
            return error.what();
        }
        return "nothing was thrown";
    };
    EXPECT_EQ(said(public_keys({a, b, a})),
              "Could not write the keys in the update executable: one of them is given twice");
    std::vector<PublicKey> many;
    while (many.size() <= trusted_keys_limit) many.push_back(PrivateKey::generate().public_key());
    EXPECT_EQ(said(many), "Could not write the keys in the update executable: there are more than 64");
    many.pop_back();
    EXPECT_EQ(said(many), "nothing was thrown");
}

TEST(Trust, SignedDocumentsSurviveTheirFile) {
    const SignedDocument again = parse_signed(write_signed(two));
    EXPECT_EQ(again.bytes, two.bytes);
    EXPECT_EQ(write_signed(again), write_signed(two));
    EXPECT_EQ(
        refusal([] { parse_signed(write_signed(two) + "\n"); }),
        "Could not read a signed trust document: it is not written as Lockstep writes it; was it edited?");
}
