// Payloads that a trusted key signed and no writer of ours makes: refused in bounded time and memory, before
// anything of them stands in the installation.
#include "payload/digest.h"
#include "tests/hostile/bounds.h"
#include "tests/support/sweep.h"
#include "tests/support/tar.h"

namespace lockstep {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t bomb = 2ULL << 30; // bytes, of some 200 KiB

class ArchiveBombs : public testing::Test {
  protected:
    BundleParts genuine() const { return BundleParts(small_.bundle()); }
    // A blob that the target has and the installation lacks.
    std::string blob() const { return "blobs/" + sha256("added\n"); }
    void expect_refused_archive(const std::string& tar, const std::string& words) {
        expect_refused_payload(zstd_frame(tar), words);
    }
    void expect_refused_payload(const std::string& payload, const std::string& words) {
        SCOPED_TRACE(words);
        BundleParts parts = genuine();
        parts.put_payload(payload);
        small_.expect_refused_signed(parts, words);
        count_.tried();
    }

    SmallRelease small_;
    SweepCount count_{"archive bomb"};
};

TEST_F(ArchiveBombs, WhatExpandsFarBeyondTheManifest) {
    const std::string tar = unpacked_tar(genuine());
    // The wanted blob itself, said to be larger.
    expect_refused_payload(
        ZstdFrameWriter().add(tar_header(blob(), '0', bomb)).add_zeros(bomb).add(tar).finish(),
        "has not the size that");
    // One that this installation needs nothing of: it would only be passed over, for as long as that takes.
    const std::string named = "blobs/" + sha256(read_file(small_.workshop() / "app-1.0.0/app"));
    expect_refused_payload(
        ZstdFrameWriter().add(tar_header(named, '0', bomb)).add_zeros(bomb).add(tar).finish(),
        "has not the size that");
    // A size that fits, and no end of what follows.
    expect_refused_payload(
        ZstdFrameWriter().add(tar_entry(blob(), '0', "added\n")).add_zeros(bomb).add(tar).finish(),
        "of the files that it needs");
    // Zeros end an archive: nothing after them is unpacked.
    expect_refused_payload(ZstdFrameWriter().add_zeros(bomb).add(tar).finish(), "Could not unpack");
    // More than one frame: each would expand anew.
    expect_refused_payload(zstd_frame(tar) + zstd_frame(tar), "goes on after its end");
    const std::string skipped("\x50\x2a\x4d\x18\x04\x00\x00\x00skip", 12); // a skippable frame
    expect_refused_payload(skipped + zstd_frame(tar), "goes on after its end");
    small_.expect_still_updates();
}

TEST_F(ArchiveBombs, HeadersThatSayTooMuch) {
    const std::string tar = unpacked_tar(genuine());
    for (const char type : {'x', 'g', 'L', 'K', 'V', 'A', 'X'}) {
        SCOPED_TRACE(type);
        expect_refused_payload(
            ZstdFrameWriter().add(tar_header("huge", type, bomb)).add_zeros(bomb).add(tar).finish(),
            "Could not unpack");
        std::string chain;
        for (int i = 0; i < 10'000; ++i) chain += tar_entry("again", type, pax_record("comment", "x"));
        expect_refused_archive(chain + tar, "Could not unpack");
    }
    const std::string entry = tar_entry(blob(), '0', "added\n");
    for (const std::string value : {"9223372036854775807", "18446744073709551616", "-1", "6e9", "7 "}) {
        SCOPED_TRACE(value);
        expect_refused_archive(tar_entry("pax", 'x', pax_record("size", value)) + entry + tar_end(),
                               "Could not unpack");
    }
    expect_refused_archive(tar_entry("pax", 'x', "99999999999 path=x\n") + entry + tar_end(),
                           "Could not unpack");
    expect_refused_archive(tar_entry("name", 'L', "blobs/" + std::string(500'000, 'a')) + entry + tar_end(),
                           "Could not unpack");
}

TEST_F(ArchiveBombs, ManyTinyMembers) {
    std::string members;
    for (int i = 0; i < 10'000; ++i) members += tar_entry("blobs/" + std::to_string(i), '0', "");
    expect_refused_archive(members + unpacked_tar(genuine()), "has a blob that the manifest doesn't name");
}

TEST_F(ArchiveBombs, MembersThatAreNoPlainFiles) {
    const std::string tar = unpacked_tar(genuine());
    const std::string root = small_.root();
    for (const char type : {'1', '2', '3', '4', '5', '6', 'D', 'M'}) {
        SCOPED_TRACE(type);
        expect_refused_archive(tar_entry(blob(), type, "", "/etc/passwd") + tar, "Could not unpack");
        expect_refused_archive(tar_entry(blob(), type, "", root + "/app") + tar, "Could not unpack");
    }
    for (const char* key :
         {"linkpath", "hdrcharset", "GNU.sparse.map", "SCHILY.filetype", "LIBARCHIVE.symlinktype"})
        for (const char* value : {"/etc/passwd", "BINARY", "0,9223372036854775807", "dir", "file"}) {
            SCOPED_TRACE(std::string(key) + " " + value);
            // Harmless ones are passed over; then the wrong content that follows is found.
            expect_refused_archive(tar_entry("pax", 'x', pax_record(key, value)) +
                                       tar_entry(blob(), '0', "evil!\n") + tar,
                                   "Could not unpack");
        }
    expect_refused_archive(tar_entry("pax", 'x',
                                     pax_record("GNU.sparse.major", "0") +
                                         pax_record("GNU.sparse.minor", "1") +
                                         pax_record("GNU.sparse.size", "9000000000000000000") +
                                         pax_record("GNU.sparse.map", "8999999999999999999,1")) +
                               tar_entry(blob(), '0', "x") + tar,
                           "Could not unpack");
    expect_refused_archive(tar_entry(blob(), 'S', "added\n") + tar, "Could not unpack");
}

TEST_F(ArchiveBombs, MembersThatComeTwiceOrAreCutOff) {
    const std::string tar = unpacked_tar(genuine());
    const std::string entry = tar_entry(blob(), '0', "added\n");
    expect_refused_archive(tar_entry(blob(), '0', "evil!\n") + tar, "is a wrong one");
    expect_refused_archive(entry + entry + tar, "or has it twice");
    expect_refused_archive(entry.substr(0, 514), "Could not unpack");
    expect_refused_payload(zstd_frame(tar).substr(0, 300), "Could not unpack");
    expect_refused_payload("PK\x03\x04 not an archive of ours", "Could not unpack");
    expect_refused_payload("", "Could not unpack");
}

// The window is what has to be kept in memory: payload/FORMAT.md allows 8 MiB.
TEST_F(ArchiveBombs, AWindowLargerThanAllowed) {
    const std::string tar = unpacked_tar(genuine());
    const std::string bulk = tar_entry(blob(), '0', "added\n");
    expect_refused_payload(zstd_frame(tar, 27), "Could not unpack");
    expect_refused_payload(zstd_frame(tar, 24), "Could not unpack");
    BundleParts parts = genuine();
    std::string whole; // in place of the deltas
    for (const std::string& text : {script_content("1.1.0"), delta_content("1.1.0")})
        whole += tar_entry("blobs/" + sha256(text), '0', text);
    parts.put_payload(zstd_frame(whole + tar, 23));
    const Ran ran = small_.apply(signed_again(small_.workshop(), "hostile.bundle", parts));
    EXPECT_EQ(ran.code, 0) << ran.err;
}

} // namespace
} // namespace lockstep
