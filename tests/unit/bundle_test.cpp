#include "payload/bundle.h"
#include "tests/support/refusal.h"

#include "payload/digest.h"
#include "payload/error.h"
#include "payload/manifest_pack.h"
#include "tests/support/remade_bundle.h"
#include "tests/support/tar.h"
#include "tests/unit/example_manifest.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>

using namespace lockstep;

namespace {

const PrivateKey key = PrivateKey::generate();
const PrivateKey next_key = PrivateKey::generate();

Trust trust_in(const PrivateKey& trusted) {
    return {"", 1, 1, {trusted.public_key()}};
}

BlobSource blob(const std::string& text, const std::string& hint) {
    return {sha256(text), text.size(), hint, [text](const ByteSink& sink) { sink(bytes_of(text)); }};
}

std::vector<std::string> example_texts() {
    return {"new", "read", "set", "revert", "checks", "all", "gate"};
}

std::vector<BlobSource> blobs_of(const std::vector<std::string>& texts) {
    std::vector<BlobSource> blobs;
    blobs.reserve(texts.size());
    for (const std::string& text : texts) blobs.push_back(blob(text, "files/" + text.substr(0, 8) + ".txt"));
    return blobs;
}

KeySignature signature_of(const PrivateKey& signer, const std::string& bytes) {
    return {signer.public_key().base64(), signer.sign(bytes_of(bytes))};
}

std::string assembled(const std::string& manifest, const Signatures& signatures, const std::string& payload) {
    const std::string bundle = bundle_head(manifest, signatures, payload.size()) + payload;
    return bundle + bundle_trailer(bundle.size());
}

struct Parts {
    Manifest manifest = example_manifest();
    std::string payload;
    std::vector<SignedDocument> chain;

    explicit Parts(const std::vector<BlobSource>& blobs = blobs_of(example_texts()), int level = 3) {
        const PayloadSummary summary =
            write_payload(blobs, {}, level, [&](Bytes bytes) { payload += text_of(bytes); });
        EXPECT_EQ(summary.size, payload.size());
        manifest.payload_size = summary.size;
        manifest.archive_size = summary.archive_size;
        manifest.payload_pieces = summary.pieces;
    }
    std::string bundle(const std::vector<PrivateKey>& signers) const {
        const std::string json = packed_manifest(write_manifest(manifest));
        Signatures signatures{{}, chain};
        for (const PrivateKey& signer : signers) signatures.signatures.push_back(signature_of(signer, json));
        return assembled(json, signatures, payload);
    }
};

std::map<std::string, std::string> unpacked(const VerifiedBundle& bundle,
                                            const std::vector<std::string>& texts) {
    std::map<std::string, std::uint64_t> wanted;
    for (const std::string& text : texts) wanted.emplace(sha256(text), text.size());
    std::map<std::string, std::string> result;
    std::size_t closed = 0;
    unpack_blobs(
        bundle, wanted,
        [&](const std::string& hash) -> ByteSink {
            return [&text = result[hash]](Bytes bytes) { text += text_of(bytes); };
        },
        [&](const std::string& hash) { closed += sha256(result.at(hash)) == hash ? 1 : 0; });
    EXPECT_EQ(closed, wanted.size());
    return result;
}

// Everything that is done with a bundle before its contents are used.
void read_all(const std::string& bytes, const Trust& trust) {
    const TextSource file(bytes);
    const auto extent = find_bundle(file, "x.bundle");
    if (!extent) throw std::logic_error("not seen as a bundle");
    const VerifiedBundle bundle = verify_bundle(file, *extent, trust, "x.bundle");
    unpacked(bundle, example_texts());
}

std::string refusal(const std::function<void()>& action, Code code = Code::not_trusted) {
    return refusal_of_action(action, code);
}

std::string refusal_of(const std::string& bytes, const Trust& trust = trust_in(key)) {
    return refusal([&] { read_all(bytes, trust); });
}

std::string refusal_of_archive(const std::string& entries) {
    Parts parts;
    parts.payload = zstd_frame(entries + tar_end());
    parts.manifest.payload_size = parts.payload.size();
    parts.manifest.archive_size = parts.payload.size();
    parts.manifest.payload_pieces = {sha256(parts.payload)};
    return refusal_of(parts.bundle({key}));
}

SignedDocument rotation() {
    const std::string bytes = write_trust({"clinic", 2, 1, {next_key.public_key()}});
    return {bytes, {signature_of(key, bytes), signature_of(next_key, bytes)}};
}

Parts rotating_parts() {
    Parts parts;
    parts.chain = {rotation()};
    parts.manifest.trust = {sha256(parts.chain[0].bytes)};
    return parts;
}

} // namespace

TEST(Bundle, GivesBackWhatWasPutIn) {
    const Parts parts;
    const std::string bytes = parts.bundle({key});
    const TextSource file(bytes);
    const auto extent = find_bundle(file, "x.bundle");
    ASSERT_TRUE(extent);
    EXPECT_EQ(extent->offset, 0U);
    EXPECT_EQ(extent->size, bytes.size());
    const VerifiedBundle bundle = verify_bundle(file, *extent, trust_in(key), "x.bundle");
    EXPECT_EQ(bundle.manifest, parts.manifest);
    EXPECT_EQ(bundle.manifest_sha256, sha256(packed_manifest(write_manifest(parts.manifest))));
    EXPECT_EQ(bundle.trust.product, "clinic");
    const auto texts = unpacked(bundle, {"gate", "all"});
    EXPECT_EQ(texts.size(), 2U);
    EXPECT_EQ(texts.at(sha256("gate")), "gate");
    EXPECT_EQ(unpack_text(bundle, *parts.manifest.migrations[0].checks), "checks");
}

TEST(Bundle, FollowsARotationOfKeys) {
    const std::string bytes = rotating_parts().bundle({next_key});
    const TextSource file(bytes);
    const VerifiedBundle bundle = verify_bundle(file, *find_bundle(file, "x"), trust_in(key), "x");
    EXPECT_EQ(bundle.trust.version, 2);
    EXPECT_EQ(bundle.trust.keys, std::vector{next_key.public_key()});
    EXPECT_NO_THROW(read_all(bytes, trust_in(next_key)));
}

// A newer document that was stripped of its signatures would leave the old key trusted.
TEST(Bundle, RefusesARotationThatWasStripped) {
    const std::string third = write_trust({"clinic", 3, 1, {key.public_key()}});
    Parts parts;
    parts.chain = {{third, {}}};
    parts.manifest.trust = {sha256(third)};
    EXPECT_EQ(refusal_of(parts.bundle({next_key}), {"clinic", 2, 1, {next_key.public_key()}}),
              "Could not trust x.bundle: its newest trust document doesn't follow from the keys that are "
              "trusted here");
}

TEST(Bundle, RefusesSignaturesThatAreWrittenOtherwise) {
    const std::string json = write_signatures({{signature_of(key, "m")}, {}});
    EXPECT_NO_THROW(parse_signatures(json));
    for (const std::string& other : {json + " ", " " + json, "{ " + json.substr(1)})
        EXPECT_EQ(refusal([&] { parse_signatures(other); }),
                  "Could not read the signatures: it is not written as Lockstep writes it; was it edited?");
    EXPECT_EQ(refusal([] { parse_signatures(std::string((1U << 20) + 1, ' ')); }),
              "Could not read the signatures: they are larger than 1 MiB");
}

TEST(Bundle, RefusesOtherTrustDocumentsThanItsManifestNames) {
    Parts parts = rotating_parts();
    parts.manifest.trust.clear();
    EXPECT_EQ(refusal_of(parts.bundle({next_key})),
              "Could not trust x.bundle: its trust documents are not those that its manifest names");
}

TEST(Bundle, RefusesAStrangersSignature) {
    EXPECT_NE(
        refusal_of(Parts().bundle({next_key})).find("it needs the signatures of 1 trusted keys and has 0"),
        std::string::npos);
}

TEST(Bundle, RefusesAnotherProduct) {
    Trust trust = trust_in(key);
    trust.product = "pharmacy";
    EXPECT_EQ(refusal_of(Parts().bundle({key}), trust),
              "Could not trust x.bundle: it is for the product 'clinic', and the keys trusted here are for "
              "'pharmacy'");
}

// Two signatures where one is enough, and a chain of documents: no byte may be changed, even those that need
// not be.
TEST(Bundle, RefusesEveryFlippedByte) {
    const std::string good = rotating_parts().bundle({next_key, key});
    ASSERT_NO_THROW(read_all(good, trust_in(key)));
    for (std::size_t i = 0; i < good.size(); ++i)
        for (const int mask : {0x01, 0x20}) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ mask);
            ASSERT_NE(refusal_of(bad), "nothing was thrown") << "byte " << i << " of " << good.size();
        }
}

TEST(Bundle, RefusesEveryTruncation) {
    const std::string good = Parts().bundle({key});
    for (std::size_t size = 0; size < good.size(); ++size)
        ASSERT_NE(refusal_of(good.substr(0, size)), "nothing was thrown") << size;
    EXPECT_EQ(refusal_of(good.substr(0, good.size() - 1)),
              "Could not read x.bundle: it is not a bundle, or not a whole one: its end is missing, it was "
              "cut off or "
              "damaged");
    EXPECT_EQ(refusal_of(""), "Could not read x.bundle: it is not a bundle, or not a whole one: it is empty");
}

TEST(Bundle, RefusesLengthsThatOverflow) {
    const std::string good = Parts().bundle({key});
    for (const std::size_t place : {std::size_t{16}, std::size_t{24}, std::size_t{32}, good.size() - 24})
        for (const char fill : {'\xff', '\x7f', '\0'}) {
            std::string bad = good;
            bad.replace(place, 8, std::string(8, fill));
            EXPECT_NE(refusal_of(bad).find("it is not a bundle, or not a whole one"), std::string::npos);
        }
}

TEST(Bundle, IsNotSeenWhereThereIsNone) {
    for (const std::string& text : {std::string("hello"), std::string(100'000, 'x'), std::string(24, '\0')})
        EXPECT_FALSE(find_bundle(TextSource(text), "x").has_value());
}

TEST(Bundle, IsFoundInAnUpdateExecutable) {
    const std::string stub = "\x7f"
                             "ELF and a lot of code";
    const std::string bundle = Parts().bundle({key});
    const std::string keys = carried_keys({key.public_key(), next_key.public_key()}, 2, stub.size());
    const std::string bytes = stub + keys + bundle;
    const auto extent = find_bundle(TextSource(bytes), "update");
    ASSERT_TRUE(extent);
    EXPECT_EQ(extent->stub_size, stub.size());
    EXPECT_EQ(extent->offset, stub.size() + keys.size());
    EXPECT_EQ(extent->size, bundle.size());
    EXPECT_EQ(extent->carried_keys, (std::vector{key.public_key(), next_key.public_key()}));
    EXPECT_EQ(extent->carried_threshold, 2);
    EXPECT_NO_THROW(read_all(bytes, trust_in(key)));
    for (std::size_t i = stub.size(); i < bytes.size(); ++i) {
        std::string bad = bytes;
        bad[i] = static_cast<char>(bad[i] ^ 1);
        if (i >= bytes.size() - 16) // the trailer's magic: an executable without a bundle
            EXPECT_FALSE(find_bundle(TextSource(bad), "update").has_value());
        else
            ASSERT_NE(refusal_of(bad), "nothing was thrown") << "byte " << i;
    }
    EXPECT_EQ(refusal_of("more" + bytes),
              "Could not read x.bundle: it is not a bundle, or not a whole one: the keys "
              "before it are damaged or missing");
}

// The headers of a PE, as far as they tell where its certificate table is (the fifth of the tables, each of 8
// bytes, that begin at 112); 0: it has none.
std::string portable_executable(std::uint32_t table_begin, std::uint32_t table_size) {
    constexpr std::size_t optional_header = 64 + 24;
    std::string bytes(512, '\0');
    const auto put = [&](std::size_t at, std::uint32_t number, int size) {
        for (int i = 0; i < size; ++i)
            bytes[at + static_cast<std::size_t>(i)] = static_cast<char>(number >> 8 * i);
    };
    bytes.replace(0, 2, "MZ");
    put(0x3c, 64, 4);
    bytes.replace(64, 2, "PE");
    put(optional_header, 0x20b, 2);
    put(optional_header + 108, 16, 4);
    put(optional_header + 144, table_begin, 4);
    put(optional_header + 148, table_size, 4);
    return bytes;
}

TEST(Bundle, IsFoundInAnExecutableThatWasSignedAfterIt) {
    const std::string bundle = Parts().bundle({key});
    const std::string keys = carried_keys({key.public_key()}, 1, portable_executable(0, 0).size());
    const std::size_t end = 512 + keys.size() + bundle.size();
    const std::size_t filled = (8 - end % 8) % 8;
    const auto signed_with = [&](std::size_t begin, std::size_t size, const std::string& filling) {
        return portable_executable(static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(size)) +
               keys + bundle + filling + std::string(size, 's');
    };
    const std::string bytes = signed_with(end + filled, 40, std::string(filled, '\0'));
    const auto extent = find_bundle(TextSource(bytes), "update.exe");
    ASSERT_TRUE(extent);
    EXPECT_EQ(extent->offset, 512 + keys.size());
    EXPECT_EQ(extent->size, bundle.size());
    EXPECT_NO_THROW(read_all(bytes, trust_in(key)));

    // A table that isn't at the end, more zeros than a signer fills up with, something else than zeros.
    EXPECT_FALSE(find_bundle(TextSource(bytes + "x"), "x"));
    EXPECT_FALSE(find_bundle(TextSource(signed_with(end + 8, 40, std::string(8, '\0'))), "x"));
    EXPECT_FALSE(find_bundle(TextSource(signed_with(end + 1, 40, "x")), "x"));
    for (std::size_t cut = 0; cut < 512; ++cut) // wherever a header ends, nothing is read past it
        EXPECT_FALSE(find_bundle(TextSource(bytes.substr(0, cut + 1)), "x"));
}

TEST(Payload, HasTheSameBytesForTheSameBlobs) {
    std::vector<BlobSource> blobs = blobs_of(example_texts());
    blobs.push_back(blob("new", "the/same/elsewhere.txt"));
    const std::string first = Parts(blobs).payload;
    std::ranges::reverse(blobs);
    EXPECT_EQ(Parts(blobs).payload, first);
}

TEST(Payload, PassesOverWhatIsNotWantedAcrossManyPieces) {
    std::mt19937 random(7);
    std::vector<std::string> texts(3, std::string(2'000'000, '\0'));
    for (std::string& text : texts)
        for (char& c : text) c = static_cast<char>(random());
    Parts parts(blobs_of(texts), 1);
    parts.manifest.target.files.clear();
    parts.manifest.target.entry_points.clear();
    for (const std::string& text : texts)
        parts.manifest.target.files.push_back(
            {"f" + std::to_string(parts.manifest.target.files.size()), text.size(), sha256(text), 0644});
    ASSERT_GE(parts.manifest.payload_pieces.size(), 6U);
    std::string bytes = parts.bundle({key});
    const TextSource file(bytes);
    const VerifiedBundle bundle = verify_bundle(file, *find_bundle(file, "x"), trust_in(key), "x");
    for (const std::string& text : texts) EXPECT_EQ(unpacked(bundle, {text}).at(sha256(text)), text);
    bytes[bundle.head.payload_offset + (3U << 20)] ^= 1; // the file changed after it was verified
    EXPECT_EQ(refusal([&] { unpacked(bundle, texts); }),
              "Could not unpack x: piece 4 of its payload was damaged or changed");
}

TEST(Payload, RefusesABlobThatIsMissingOrOfAnotherSize) {
    const std::string bytes = Parts(blobs_of({"new"})).bundle({key});
    const TextSource file(bytes);
    const VerifiedBundle bundle = verify_bundle(file, *find_bundle(file, "x"), trust_in(key), "x");
    EXPECT_EQ(refusal([&] {
                  unpacked(bundle, {"new", "gate"});
              }),
              "Could not unpack x: its payload lacks 1 of the files that it needs");
    EXPECT_EQ(refusal([&] {
                  unpack_text(bundle, {"s", sha256("new"), 4});
              }),
              "Could not unpack x: the blob " + sha256("new") +
                  " in its payload has not the size that is expected");
}

TEST(Payload, RefusesABlobThatTheManifestDoesNotName) {
    const std::string bytes = Parts(blobs_of({"alien", "new"})).bundle({key});
    EXPECT_NE(refusal_of(bytes).find("has a blob that the manifest doesn't name, or has it twice"),
              std::string::npos);
}

TEST(Payload, RefusesEntriesThatAreNoBlobs) {
    const std::string name = "blobs/" + sha256("new");
    const std::string start = "Could not unpack x.bundle: ";
    const std::string good = tar_entry(name, '0', "new");
    EXPECT_EQ(refusal_of_archive(good), start + "its payload lacks 6 of the files that it needs");
    EXPECT_EQ(refusal_of_archive(good + good),
              start + "its payload has a blob that the manifest doesn't name, or has it twice: '" +
                  sha256("new") + "'");
    EXPECT_EQ(refusal_of_archive(tar_entry(name, '0', "nEw")),
              start + "the blob " + sha256("new") + " in its payload is a wrong one");
    EXPECT_EQ(refusal_of_archive(tar_entry("../evil", '0', "new")),
              start + "its payload has an entry that is no blob, '../evil'");
    const std::string no_blob = start + "its payload has an entry that is no blob, '" + name;
    EXPECT_EQ(refusal_of_archive(tar_entry(name, '2', "", "/etc/passwd")), no_blob + "'"); // a symbolic link
    EXPECT_EQ(refusal_of_archive(tar_entry(name, '1', "", "other")), no_blob + "'");       // a hard link
    EXPECT_EQ(refusal_of_archive(tar_entry(name + "/", '5', "")), no_blob + "/'");         // a folder
    EXPECT_NE(refusal_of_archive("not an archive at all").find(start), std::string::npos);
}

TEST(Payload, RefusesToPackAFileThatChanges) {
    BlobSource changing = blob("new", "bin/clinic");
    changing.read = [](const ByteSink& sink) { sink(bytes_of("nEw")); };
    EXPECT_EQ(refusal([&] { write_payload({changing}, {}, 3, [](Bytes) {}); }, Code::wrong_usage),
              "Could not pack bin/clinic: it changed while the bundle was made");
    changing.read = [](const ByteSink& sink) { sink(bytes_of("ne")); };
    EXPECT_EQ(refusal([&] { write_payload({changing}, {}, 3, [](Bytes) {}); }, Code::wrong_usage),
              "Could not pack bin/clinic: it changed while the bundle was made");
    EXPECT_EQ(refusal([&] { write_payload({}, {}, 20, [](Bytes) {}); }, Code::wrong_usage),
              "Could not write the payload: its compression level must be from 1 to 19");
}

TEST(Payload, PassesOnTheErrorsOfItsSinks) {
    const auto fail = [](Bytes) { throw Error(Code::no_room_or_right, "write", "out", "no space left"); };
    EXPECT_EQ(refusal([&] { write_payload(blobs_of({"new"}), {}, 3, fail); }, Code::no_room_or_right),
              "Could not write out: no space left");
    const std::string bytes = Parts().bundle({key});
    const TextSource file(bytes);
    const VerifiedBundle bundle = verify_bundle(file, *find_bundle(file, "x"), trust_in(key), "x");
    const auto open = [&](const std::string&) -> ByteSink { return fail; };
    EXPECT_EQ(refusal(
                  [&] {
                      unpack_blobs(bundle, {{sha256("new"), 3}}, open, [](const std::string&) {});
                  },
                  Code::no_room_or_right),
              "Could not write out: no space left");
}
