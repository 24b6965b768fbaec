// The attacks that The Update Framework names (https://theupdateframework.io/docs/security/), each on an
// installation that was updated with a trusted bundle before or is about to be.
#include "payload/digest.h"
#include "tests/hostile/bounds.h"
#include "tests/support/releases.h"

#include <filesystem>
#include <limits>

namespace lockstep {
namespace {

using Json = nlohmann::json;

SignedDocument document_by(const Trust& trust, const std::vector<PrivateKey>& signers) {
    SignedDocument document{write_trust(trust), {}};
    for (const PrivateKey& signer : signers)
        document.signatures.push_back({signer.public_key().base64(), signer.sign(bytes_of(document.bytes))});
    return document;
}

class TufAttacks : public testing::Test {
  protected:
    BundleParts genuine() const { return BundleParts(small_.bundle()); }
    std::string written(const std::string& name, const BundleParts& parts) {
        const std::string file = small_.workshop() / name;
        write_file(file, parts.bytes());
        return file;
    }
    // The genuine release under another version, by whoever has `keys`.
    static BundleParts as_version(BundleParts parts, const std::string& version, const std::string& floor) {
        return parts.change([&](Json& json) {
            json["version"] = json["target"]["version"] = version;
            json["floor"] = floor;
            json["migrations"][0]["version"] = version;
        });
    }
    // A trust document in the bundle, named by its manifest as well.
    static BundleParts with_chain(BundleParts parts, const std::vector<SignedDocument>& chain) {
        parts.signatures.trust_chain = chain;
        return parts.change([&](Json& json) {
            json["trust"] = Json::array();
            for (const SignedDocument& document : chain) json["trust"].push_back(sha256(document.bytes));
        });
    }
    void update_to_1_1_0() { small_.expect_still_updates(); }
    std::string pinned() const { return read_file(small_.root() + "/.lockstep/trust/trust.json"); }

    SmallRelease small_{"--whole-files"}; // all in the archive
    const PrivateKey thief_ = PrivateKey::generate();
};

// Files of the attacker's choice.
TEST_F(TufAttacks, ArbitraryInstallation) {
    small_.expect_refused(written("thief.bundle", genuine().sign({thief_})),
                          "it needs the signatures of 1 trusted keys and has 0");
    small_.expect_refused(written("nobody.bundle", genuine().sign({})),
                          "it needs the signatures of 1 trusted keys and has 0 (signed by nobody");
    BundleParts changed = genuine();
    changed.change([](Json& json) { json["target"]["files"][0]["sha256"] = sha256("evil"); });
    small_.expect_refused(written("changed.bundle", changed), "doesn't fit it; it was damaged or changed");
    // The trusted key's name over a thief's signature.
    BundleParts named = genuine().sign({thief_});
    named.signatures.signatures[0].key = small_.key().public_key().base64();
    small_.expect_refused(written("named.bundle", named), "doesn't fit it; it was damaged or changed");
    small_.expect_still_updates();
}

// Something that never ends, or claims to: refused by the lengths, before it is read.
TEST_F(TufAttacks, EndlessData) {
    const std::string genuine_bytes = read_file(small_.bundle());
    const std::string endless = small_.workshop() / "endless.bundle";
    const auto claim = [&](std::size_t place, std::uint64_t length, std::uint64_t size) {
        std::string bytes = genuine_bytes;
        for (std::size_t i = 0; i < 8; ++i) bytes[place + i] = static_cast<char>(length >> (8 * i));
        write_file(endless, bytes.substr(0, bytes.size() - 24));
        std::filesystem::resize_file(endless, size - 24);
        std::string trailer;
        for (int i = 0; i < 8; ++i) trailer += static_cast<char>(size >> (8 * i));
        std::ofstream(endless, std::ios::app | std::ios::binary) << trailer << "LOCKSTEP-BUN-END";
    };
    constexpr std::uint64_t huge = 1ULL << 40; // a sparse file of 1 TiB
    for (const std::size_t place : {16U, 24U}) {
        claim(place, huge - genuine_bytes.size(), huge);
        small_.expect_refused(endless, "its manifest or its signatures are larger than allowed");
    }
    claim(32, std::numeric_limits<std::uint64_t>::max(), huge);
    small_.expect_refused(endless, "its lengths don't add up");
    const std::uint64_t head = genuine_bytes.size() - BundleParts(small_.bundle()).payload.size();
    claim(32, huge - head, huge); // the lengths add up: only what the manifest says of the payload doesn't
    small_.expect_refused(endless, "its payload has not the size that its manifest names");
    small_.expect_still_updates();
}

// More than the release asked for.
TEST_F(TufAttacks, ExtraneousDependencies) {
    BundleParts longer = genuine();
    longer.payload += zstd_frame("evil");
    small_.expect_refused(written("longer.bundle", longer),
                          "its payload has not the size that its manifest names");
    BundleParts chained = genuine();
    chained.signatures.trust_chain = {document_by({"register", 2, 1, {thief_.public_key()}}, {thief_})};
    small_.expect_refused(written("chained.bundle", chained), "none of them is signed by the keys");
    chained.signatures.trust_chain = {
        document_by({"register", 2, 1, {small_.key().public_key()}}, {small_.key()})};
    small_.expect_refused(written("chained.bundle", chained),
                          "its trust documents are not those that its manifest names");
    BundleParts program = genuine();
    program.change([](Json& json) { json["health"] = {{"argv", {"/bin/sh"}}, {"timeout_s", 60}}; });
    small_.expect_refused(written("program.bundle", program), "doesn't fit it; it was damaged or changed");
    small_.expect_still_updates();
}

// Versions far ahead, so that every later update would be a downgrade: what was refused or has failed leaves
// no trace in what is accepted next.
TEST_F(TufAttacks, FastForward) {
    const std::string last = "2147483647.0.0";
    small_.expect_refused(written("far.bundle", as_version(genuine(), last, last).sign({thief_})),
                          "it needs the signatures of 1 trusted keys and has 0");
    const int far = std::numeric_limits<int>::max();
    const SignedDocument ahead =
        document_by({"register", far, 1, {small_.key().public_key()}}, {small_.key()});
    small_.expect_still_updates();
    const Trust pinned_now = parse_trust(pinned());
    const SignedDocument second =
        document_by({"register", 2, 1, {small_.key().public_key()}}, {small_.key()});
    const SignedDocument third = document_by({"register", far, 1, {thief_.public_key()}}, {thief_});
    small_.expect_refused_signed(with_chain(as_version(genuine(), "1.2.0", "1.1.0"), {second, ahead}),
                                 "document 3 should come here");
    small_.expect_refused_signed(with_chain(as_version(genuine(), "1.2.0", "1.1.0"), {second, third}),
                                 "the next document isn't signed by enough of its keys");
    EXPECT_EQ(write_trust(parse_trust(pinned())), write_trust(pinned_now));
}

// Old bundles again and again, so that nothing newer comes: each may carry a day after which it is refused.
TEST_F(TufAttacks, IndefiniteFreeze) {
    BundleParts old = genuine();
    old.change([](Json& json) { json["expires"] = "2020-02-29T23:59:59Z"; });
    small_.expect_refused_signed(old, "it expired on 2020-02-29T23:59:59Z");
    const std::string usb = small_.workshop() / "usb";
    write_file(usb + "/old.bundle", old.sign({small_.key()}).bytes());
    expect_refused(small_.laptop(), 11, {"old.bundle: it expired on 2020-02-29T23:59:59Z"}, [&] {
        return small_.workshop().update(small_.root(),
                                        {"--from", usb, "--trust", small_.workshop() / "key.pub"});
    });
    BundleParts unbound = old;
    unbound.change([](Json& json) { json.erase("expires"); });
    small_.expect_refused(written("unbound.bundle", unbound), "doesn't fit it; it was damaged or changed");
    small_.expect_still_updates();
}

// Parts of several bundles, each of them signed: all but the whole ones are refused.
TEST_F(TufAttacks, MixAndMatch) {
    BundleParts other = as_version(genuine(), "1.1.1", "1.0.0");
    other.put_payload(zstd_frame(unpacked_tar(other), 20)); // the same blobs in other bytes
    other.sign({small_.key()});
    const BundleParts one = genuine();
    ASSERT_NE(one.payload, other.payload);
    int mixed = 0;
    for (int mix = 1; mix < 7; ++mix) { // 0 and 7 are the whole ones
        BundleParts parts = one;
        if (mix & 1) parts.manifest = other.manifest;
        if (mix & 2) parts.signatures = other.signatures;
        if (mix & 4) parts.payload = other.payload;
        const bool signature_fits = (mix & 1) == ((mix & 2) >> 1);
        small_.expect_refused(written("mixed.bundle", parts),
                              signature_fits ? "its payload" : "doesn't fit it; it was damaged or changed");
        ++mixed;
    }
    EXPECT_EQ(mixed, 6);
    EXPECT_EQ(small_.apply(written("other.bundle", other)).code, 0);
}

// An old version with a known hole, signed in its day; and the trust of that day.
TEST_F(TufAttacks, Rollback) {
    const std::string old =
        written("old.bundle", as_version(genuine(), "1.0.9", "1.0.0").sign({small_.key()}));
    update_to_1_1_0();
    small_.expect_refused(old, "its version 1.0.9 is older than 1.1.0");
    const PrivateKey next = PrivateKey::generate();
    const SignedDocument second = document_by({"register", 2, 1, {next.public_key()}}, {small_.key(), next});
    const BundleParts rotating = with_chain(as_version(genuine(), "1.1.1", "1.0.0"), {second}).sign({next});
    ASSERT_EQ(small_.workshop().update(small_.root(), {"rollback"}).code, 0);
    ASSERT_EQ(small_.apply(written("rotating.bundle", rotating)).code, 0);
    const std::string after = pinned();
    small_.expect_refused(old, "it needs the signatures of 1 trusted keys and has 0");
    small_.expect_refused(small_.bundle(), "it needs the signatures of 1 trusted keys and has 0");
    EXPECT_EQ(pinned(), after);
}

// Two of three keys must sign: one stolen key alone signs nothing, counts once however often it stands there,
// can't lead to other keys, and is worth nothing after the rotation away from it.
TEST_F(TufAttacks, KeyCompromise) {
    const PrivateKey second = PrivateKey::generate();
    const PrivateKey third = PrivateKey::generate();
    const PrivateKey stolen = small_.key();
    const Trust three{"register", 2, 2, {stolen.public_key(), second.public_key(), third.public_key()}};
    const SignedDocument document = document_by(three, {stolen, second});
    BundleParts first = with_chain(genuine(), {document});
    ASSERT_EQ(small_.apply(written("first.bundle", first.sign({stolen, second}))).code, 0);

    const BundleParts next = with_chain(as_version(genuine(), "1.2.0", "1.1.0"), {document});
    const std::string too_few = "it needs the signatures of 2 trusted keys and has 1";
    small_.expect_refused(written("alone.bundle", BundleParts(next).sign({stolen})), too_few);
    small_.expect_refused(written("twice.bundle", BundleParts(next).sign({stolen, stolen})), too_few);
    small_.expect_refused(written("friend.bundle", BundleParts(next).sign({stolen, thief_})), too_few);

    const Trust taken{"register", 3, 1, {stolen.public_key()}};
    const SignedDocument seizure = document_by(taken, {stolen});
    small_.expect_refused(written("seized.bundle", with_chain(next, {document, seizure}).sign({stolen})),
                          "the next document isn't signed by enough of its keys");

    const SignedDocument rotation =
        document_by({"register", 3, 2, {second.public_key(), third.public_key()}}, {second, third});
    const std::vector<SignedDocument> chain{document, rotation};
    ASSERT_EQ(small_.workshop().update(small_.root(), {"rollback"}).code, 0);
    const BundleParts healed = with_chain(genuine(), chain).sign({second, third});
    ASSERT_EQ(small_.apply(written("healed.bundle", healed)).code, 0);
    const BundleParts later = with_chain(as_version(genuine(), "1.2.0", "1.1.0"), chain);
    small_.expect_refused(written("late.bundle", BundleParts(later).sign({stolen, second})), too_few);
    // Nor does the chain of before the rotation bring it back.
    small_.expect_refused(written("replayed.bundle", BundleParts(next).sign({stolen, second})), too_few);
}

// Trusted, but not the program that is installed here.
TEST_F(TufAttacks, WrongSoftwareInstallation) {
    BundleParts other = genuine();
    other.change([](Json& json) { json["product"] = "pharmacy"; });
    update_to_1_1_0();
    small_.expect_refused_signed(other, "it is for the product 'pharmacy'");
    // Of the right name, for other files and another schema.
    BundleParts unlike = as_version(genuine(), "1.2.0", "1.1.0");
    unlike.change([](Json& json) {
        json["from"][0]["files"][0]["sha256"] = sha256("other");
        json["target"]["files"][0]["sha256"] = sha256("other");
    });
    small_.expect_refused_signed(unlike, "was changed", 10);
}

} // namespace
} // namespace lockstep
