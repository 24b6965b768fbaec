// A small bundle with any one bit another, and cut off anywhere: by the reader for every bit and length, by
// the real executable for some (for all where LOCKSTEP_ALL is set).
#include "payload/delta.h"
#include "payload/error.h"
#include "tests/hostile/bounds.h"
#include "tests/support/sweep.h"

namespace lockstep {
namespace {

constexpr std::size_t parts = 4;

std::vector<const Script*> scripts_of(const Manifest& manifest) {
    std::vector<const Script*> scripts;
    for (const Migration& migration : manifest.migrations)
        for (const Step& step : migration.steps)
            if (step.script) scripts.push_back(&*step.script);
    return scripts;
}

// Everything that is read of a bundle; what it refuses, or nothing.
std::string refusal_of(const std::string& bytes, const Trust& trust) try {
    const TextSource file(bytes);
    const auto extent = find_bundle(file, "x.bundle");
    if (!extent) return "it is not a bundle";
    const VerifiedBundle bundle = verify_bundle(file, *extent, trust, "x.bundle");
    std::map<std::string, std::uint64_t> wanted;
    const std::set<std::string> whole = whole_contents(bundle.manifest);
    for (const FileEntry& entry : bundle.manifest.target.files)
        if (whole.contains(entry.sha256)) wanted[entry.sha256] = entry.size;
    for (const FileEntry& entry : bundle.manifest.defaults) wanted[entry.sha256] = entry.size;
    for (const Script* script : scripts_of(bundle.manifest)) wanted[script->sha256] = script->size;
    const auto open = [](const std::string&) { return [](Bytes) {}; };
    const auto close = [](const std::string&) {};
    unpack_blobs(bundle, wanted, open, close);
    std::map<std::string, std::string> old_files;
    for (const std::string& text : {delta_content("1.0.0"), script_content("1.0.0")})
        old_files.emplace(sha256(text), text);
    std::set<std::string> present;
    for (const auto& [digest, text] : old_files) present.insert(digest);
    const auto source = [&](const std::string& digest) {
        return std::make_unique<TextSource>(old_files.at(digest));
    };
    const DeltaPairs deltas = usable_deltas(bundle.manifest, present);
    if (deltas.size() != old_files.size()) return "it lacks a delta";
    unpack_deltas(bundle, deltas, source, open, close);
    return {};
} catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::not_trusted) << error.what();
    return error.what();
}

class DamagedBytes : public testing::TestWithParam<std::size_t> {
  protected:
    std::string whole() const { return read_file(small_.bundle()); }
    Trust trust() const { return {{}, 1, 1, {small_.key().public_key()}}; }
    // Whether this test looks at `point`, of those that are `step` apart.
    static bool is_mine(std::size_t point, std::size_t step) {
        return point % step == 0 && point / step % parts == GetParam();
    }
    void expect_refused(const std::string& bytes, const std::string& point) const {
        SCOPED_TRACE(point);
        const std::string damaged = small_.workshop() / "damaged.bundle";
        write_file(damaged, bytes);
        small_.expect_refused(damaged, damaged);
    }

    SmallRelease small_;
};

TEST_P(DamagedBytes, TheReaderRefusesEveryFlippedBit) {
    SweepCount count("bit flipped, reader");
    const std::string good = whole();
    ASSERT_EQ(refusal_of(good, trust()), "");
    for (std::size_t place = 0; place < good.size(); ++place) {
        if (!is_mine(place, 1)) continue;
        for (int bit = 0; bit < 8; ++bit) {
            std::string bad = good;
            bad[place] = static_cast<char>(bad[place] ^ (1 << bit));
            ASSERT_NE(refusal_of(bad, trust()), "") << "bit " << bit << " of byte " << place;
            count.tried();
        }
    }
    EXPECT_GE(count.points(), 4000);
}

TEST_P(DamagedBytes, TheReaderRefusesEveryTruncation) {
    SweepCount count("cut off, reader");
    const std::string good = whole();
    for (std::size_t length = 0; length < good.size(); ++length) {
        if (!is_mine(length, 1)) continue;
        ASSERT_NE(refusal_of(good.substr(0, length), trust()), "") << length << " bytes left";
        count.tried();
    }
    EXPECT_GE(count.points(), 500);
}

TEST_P(DamagedBytes, TheUpdaterRefusesAFlippedByte) {
    SweepCount count("byte flipped, updater");
    const std::string good = whole();
    const auto step = static_cast<std::size_t>(stride(17));
    for (std::size_t place = 0; place < good.size(); ++place) {
        if (!is_mine(place, step)) continue;
        std::string bad = good;
        bad[place] = static_cast<char>(bad[place] ^ 1);
        expect_refused(bad, "byte " + std::to_string(place));
        count.tried();
        if (HasFailure()) return;
    }
    EXPECT_GE(count.points(), 30);
    small_.expect_still_updates();
}

TEST_P(DamagedBytes, TheUpdaterRefusesATruncation) {
    SweepCount count("cut off, updater");
    const std::string good = whole();
    const auto step = static_cast<std::size_t>(stride(17));
    for (std::size_t length = 0; length < good.size(); ++length) {
        if (!is_mine(length, step)) continue;
        expect_refused(good.substr(0, length), std::to_string(length) + " bytes left");
        count.tried();
        if (HasFailure()) return;
    }
    EXPECT_GE(count.points(), 30);
    small_.expect_still_updates();
}

INSTANTIATE_TEST_SUITE_P(Part, DamagedBytes, testing::Range(std::size_t{0}, parts));

} // namespace
} // namespace lockstep
