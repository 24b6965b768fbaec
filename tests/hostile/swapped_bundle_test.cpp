// The bundle changes while it is used, as a USB stick can: between any two reads, and at every step of an
// update. Either the bytes that were verified are used, or it is refused; nothing of the other one lands.
#include "payload/delta.h"
#include "payload/error.h"
#include "tests/hostile/bounds.h"
#include "tests/support/engine.h"
#include "tests/support/sweep.h"

#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

const std::string evil = "evil content of the swapped bundle";

// A file that becomes another one at its read number `at`.
class ChangingSource : public ByteSource {
  public:
    ChangingSource(std::string first, std::string second, int at)
        : first_(std::move(first)), second_(std::move(second)), at_(at) {}
    std::uint64_t size() const override { return now().size(); }
    void read(std::uint64_t offset, std::span<std::byte> out) const override {
        ++reads_;
        TextSource(now()).read(offset, out);
    }
    int reads() const { return reads_; }

  private:
    const std::string& now() const { return reads_ >= at_ ? second_ : first_; }
    std::string first_;
    std::string second_;
    int at_;
    mutable int reads_ = 0;
};

struct Reading {
    std::string refusal; // empty where it was accepted
    std::map<std::string, std::string> texts;
    int reads = 0;
};

Reading read_all(const std::string& first, const std::string& second, int at, const Trust& trust) {
    Reading reading;
    const ChangingSource file(first, second, at);
    try {
        const auto extent = find_bundle(file, "x.bundle");
        if (!extent) throw Error(Code::not_trusted, "read", "x.bundle", "it is not a bundle");
        const VerifiedBundle bundle = verify_bundle(file, *extent, trust, "x.bundle");
        std::map<std::string, std::uint64_t> wanted;
        const std::set<std::string> whole = whole_contents(bundle.manifest);
        for (const FileEntry& entry : bundle.manifest.target.files)
            if (whole.contains(entry.sha256)) wanted[entry.sha256] = entry.size;
        unpack_blobs(
            bundle, wanted,
            [&](const std::string& hash) -> ByteSink {
                return [&text = reading.texts[hash]](Bytes bytes) { text += text_of(bytes); };
            },
            [](const std::string&) {});
    } catch (const Error& error) {
        // A file that became shorter ends too early, which is no question of trust.
        const bool shorter = second.size() < first.size();
        EXPECT_TRUE(shorter || error.code() == Code::not_trusted) << error.what();
        reading.refusal = error.what();
    }
    reading.reads = file.reads();
    return reading;
}

// What an attacker puts in the bundle's place: another signature, another content of the same size, less.
std::vector<std::string> others(const std::string& good, const PrivateKey& trusted) {
    BundleParts forged(good);
    forged.put_payload(zstd_frame(unpacked_tar(forged) + evil)).sign({PrivateKey::generate()});
    BundleParts other(good); // signed by the trusted key, but not what was verified
    other.put_payload(zstd_frame(unpacked_tar(other) + evil, 20));
    other.change([](nlohmann::json& json) { json["created"] = "2000-01-01T00:00:00Z"; }).sign({trusted});
    std::string flipped = read_file(good);
    flipped[flipped.size() - 100] = static_cast<char>(flipped[flipped.size() - 100] ^ 1);
    return {forged.bytes(), other.bytes(), flipped, std::string(flipped.size(), 'x'), std::string()};
}

TEST(SwappedBundle, BetweenAnyTwoReads) {
    const SmallRelease small;
    const Trust trust{{}, 1, 1, {small.key().public_key()}};
    const std::string good = read_file(small.bundle());
    const Reading whole = read_all(good, good, 0, trust);
    ASSERT_EQ(whole.refusal, "");
    SweepCount count("bundle swapped between two reads");
    for (const std::string& other : others(small.bundle(), small.key()))
        for (int at = 1; at <= whole.reads; ++at) {
            SCOPED_TRACE("from read " + std::to_string(at) + " on");
            const Reading reading = read_all(good, other, at, trust);
            for (const auto& [hash, text] : reading.texts)
                EXPECT_TRUE(whole.texts.at(hash).starts_with(text)) << "bytes that were not verified";
            EXPECT_TRUE(!reading.refusal.empty() || reading.texts == whole.texts);
            count.tried();
        }
    EXPECT_GE(count.points(), 25);
}

enum class Exchange { overwritten, renamed_over, cut_off };

// Nothing that stands in the installation, its state included, is of the other bundle.
void expect_nothing_evil(const std::string& root) {
    for (const auto& [path, content] : tree_of(root, true))
        EXPECT_EQ(content.find(evil), std::string::npos) << path;
}

void exchange(const std::string& bundle, const std::string& other, Exchange how) {
    switch (how) {
    case Exchange::overwritten: {
        const int file = ::open(bundle.c_str(), O_WRONLY);
        static_cast<void>(!::pwrite(file, other.data(), other.size(), 0));
        ::close(file);
        return;
    }
    case Exchange::renamed_over:
        write_file(bundle + ".other", other);
        fs::rename(bundle + ".other", bundle);
        return;
    case Exchange::cut_off:
        fs::resize_file(bundle, fs::file_size(bundle) / 2);
    }
}

class SwappedBundleDuring : public testing::TestWithParam<Exchange> {};

TEST_P(SwappedBundleDuring, AnUpdate) {
    SwapWorkshop shop;
    EngineRun engine = shop.engine(EngineCommand::update, shop.fresh());
    const std::string good = engine.bundle;
    engine.bundle = good + ".used";
    const auto prepared = [&] {
        fs::copy_file(good, engine.bundle, fs::copy_options::overwrite_existing);
        engine.root = shop.fresh();
    };
    prepared();
    const auto calls = calls_of(run_engine(engine, [](HookedFiles&) {}));
    const std::string other = others(good, private_key(shop.workshop(), "key"))[1];
    SweepCount count("bundle swapped during an update");
    int refused = 0;
    for (int at = 1; at <= static_cast<int>(calls.size()); at += stride(2)) {
        const SeamCall& call = calls[static_cast<std::size_t>(at) - 1];
        SCOPED_TRACE(std::to_string(at) + " " + call.name + " " + call.path);
        prepared();
        const Ran ran = run_engine(engine, [&](HookedFiles& files) {
            files.before = [&, at](const SeamCall& now) {
                if (now.number == at) exchange(engine.bundle, other, GetParam());
            };
        });
        const bool is_new = ran.code == 0;
        if (!is_new) {
            ++refused;
            const int expected = GetParam() == Exchange::cut_off ? 1 : 11;
            EXPECT_EQ(ran.code, expected) << ran.err;
            EXPECT_NE(ran.err.find(nothing_changed_words), std::string::npos) << ran.err;
        }
        EXPECT_EQ(differences(is_new ? shop.new_tree() : shop.old_tree(), tree_of(engine.root)), "");
        EXPECT_EQ(SwapWorkshop::leftovers(engine.root), "");
        expect_nothing_evil(engine.root);
        count.tried();
        if (HasFailure()) return;
    }
    EXPECT_GE(count.points(), 40);
    // A file that was renamed away is held open still: it is the one that was verified.
    EXPECT_EQ(refused > 0, GetParam() != Exchange::renamed_over);
}

std::string name_of_exchange(const testing::TestParamInfo<Exchange>& test) {
    if (test.param == Exchange::overwritten) return "Overwriting";
    return test.param == Exchange::renamed_over ? "Renaming" : "CuttingOff";
}

INSTANTIATE_TEST_SUITE_P(By, SwappedBundleDuring,
                         testing::Values(Exchange::overwritten, Exchange::renamed_over, Exchange::cut_off),
                         name_of_exchange);

} // namespace
} // namespace lockstep
