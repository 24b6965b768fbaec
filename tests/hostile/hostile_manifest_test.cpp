// Manifests that a trusted key signed and no writer of ours makes: each is refused, by what is wrong with it,
// in bounded time and memory.
#include "tests/hostile/bounds.h"
#include "tests/support/sweep.h"

#include <filesystem>
#include <fstream>

namespace lockstep {
namespace {

class HostileManifest : public testing::Test {
  protected:
    BundleParts with(const std::string& manifest) const {
        BundleParts parts(small_.bundle());
        parts.manifest = manifest;
        return parts;
    }
    // The genuine manifest with `text` put in front of its first key.
    BundleParts beginning_with(const std::string& text) const {
        return with("{" + text + BundleParts(small_.bundle()).manifest.substr(1));
    }
    void expect_refused(const BundleParts& parts, const std::string& words) {
        SCOPED_TRACE(words);
        small_.expect_refused_signed(parts, words);
        count_.tried();
    }

    SmallRelease small_;
    SweepCount count_{"hostile manifest"};
};

std::string repeated(const std::string& text, int count) {
    std::string all;
    for (int i = 0; i < count; ++i) all += text;
    return all;
}

// Of 100 MB: its length alone is enough. A sparse file, for the test must not need the memory either.
TEST_F(HostileManifest, OfAHundredMegabytes) {
    constexpr std::uint64_t length = 100'000'000;
    const std::string file = small_.workshop() / "large.bundle";
    const std::string genuine = read_file(small_.bundle());
    const auto number = [](std::uint64_t value) {
        std::string bytes;
        for (int i = 0; i < 8; ++i) bytes += static_cast<char>(value >> (8 * i));
        return bytes;
    };
    for (const std::uint64_t manifest : {length, std::uint64_t{manifest_limit} + 1}) {
        write_file(file, genuine.substr(0, 16) + number(manifest) + number(2) + number(0) + "{");
        const std::uint64_t size = 64 + manifest + 2;
        std::filesystem::resize_file(file, size - 24);
        std::ofstream(file, std::ios::app | std::ios::binary) << number(size) << "LOCKSTEP-BUN-END";
        small_.expect_refused(file, "its manifest or its signatures are larger than allowed");
        count_.tried();
    }
    small_.expect_still_updates();
}

TEST_F(HostileManifest, NestedDeeply) {
    for (const int depth : {33, 10'000, 1'000'000}) {
        expect_refused(with(repeated("[", depth) + repeated("]", depth)), "it is nested deeper than 32");
        expect_refused(with(repeated("{\"a\":", depth) + "1" + repeated("}", depth)),
                       "it is nested deeper than 32");
        expect_refused(beginning_with("\"a\":" + repeated("[", depth) + repeated("]", depth) + ","),
                       "it is nested deeper than 32");
    }
    small_.expect_still_updates();
}

TEST_F(HostileManifest, WithAKeyTwice) {
    expect_refused(beginning_with("\"version\":\"9.9.9\","), "the key 'version' stands twice in one object");
    expect_refused(beginning_with("\"vers\\u0069on\":\"9.9.9\","), "stands twice in one object");
    expect_refused(beginning_with("\"Version\":\"9.9.9\","),
                   "'Version' is not a key that this version knows");
    small_.expect_still_updates();
}

TEST_F(HostileManifest, WithNumbersThatNotEveryReaderReadsAlike) {
    const std::string manifest = BundleParts(small_.bundle()).manifest;
    const std::size_t key = manifest.find("\"payload_size\":") + 15;
    const std::size_t end = manifest.find(',', key);
    const auto with_size = [&](const std::string& number) {
        return with(manifest.substr(0, key) + number + manifest.substr(end));
    };
    for (const char* number : {"9007199254740993", "18446744073709551616", "1e300", "-9007199254740993"})
        expect_refused(with_size(number), "a number is beyond 2^53");
    const std::string size = manifest.substr(key, end - key);
    expect_refused(with_size(size + ".0"), "'payload_size' must be a whole number");
    expect_refused(with_size("-0"), "'payload_size'");
    expect_refused(with_size("\"" + size + "\""), "'payload_size' must be a whole number");
    expect_refused(with_size("9007199254740992"),
                   "the payload's size and the number of its pieces don't fit");
    for (const char* number : {"0x10", "1e999", "NaN", "Infinity", "01", "+1", "1.", ".1"})
        expect_refused(with_size(number), "");
    small_.expect_still_updates();
}

TEST_F(HostileManifest, WithTextThatIsNoUtf8OrHoldsZeroBytes) {
    for (const std::string bytes : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82"})
        for (const std::string& text : {"\"" + bytes + "\":1,", "\"a\":\"" + bytes + "\","})
            expect_refused(beginning_with(text), "it is no valid JSON near byte");
    const std::string zero(1, '\0');
    expect_refused(beginning_with("\"a" + zero + "\":1,"), "it is no valid JSON near byte");
    expect_refused(beginning_with(zero), "it is no valid JSON near byte");
    expect_refused(with(BundleParts(small_.bundle()).manifest + zero), "it is no valid JSON near byte");
    expect_refused(beginning_with("\"a\\u0000b\":1,"), "'a\\x00b' is not a key that this version knows");
    expect_refused(with("\xef\xbb\xbf" + BundleParts(small_.bundle()).manifest),
                   "it is no valid JSON near byte 0");
    small_.expect_still_updates();
}

// As large as allowed, and of nothing but small values. What is built of the values may be many times as
// large as their text; so is what is built of an honest manifest of that size.
TEST_F(HostileManifest, OfManySmallValues) {
    for (const std::string element : {"0,", "[],", "{},", "\"\","}) {
        const std::string file = small_.workshop() / "many.bundle";
        {
            const int fitting = static_cast<int>(manifest_limit / element.size()) - 100;
            BundleParts parts = with("[" + repeated(element, fitting) + "0]");
            write_file(file, parts.sign({small_.key()}).bytes());
        }
        lockstep::expect_refused(small_.laptop(), 11,
                                 {"it has more than 2,000,000 values", nothing_changed_words}, [&] {
                                     Ran ran = small_.apply(file);
#ifndef __SANITIZE_ADDRESS__
                                     EXPECT_LT(ran.peak_memory, 4 * memory_bound);
#endif
                                     std::cout << element << ' ' << ran.peak_memory / (1 << 20) << " MiB\n";
                                     return ran;
                                 });
        count_.tried();
    }
    small_.expect_still_updates();
}

} // namespace
} // namespace lockstep
