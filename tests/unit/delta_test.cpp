// New files from old ones: what `difference` finds, `follow` makes again; what doesn't fit is refused.
#include "payload/delta.h"

#include "packaging/difference.h"
#include "payload/digest.h"
#include "tests/support/refusal.h"

#include <gtest/gtest.h>
#include <random>

namespace lockstep {
namespace {

std::string random_bytes(std::size_t size, unsigned seed) {
    std::mt19937 numbers(seed); // NOLINT(cert-msc51-cpp): the same bytes each time
    std::string bytes;
    while (bytes.size() < size) bytes += static_cast<char>(numbers());
    return bytes;
}

// As machine code differs: an address here and there.
std::string with_other_addresses(std::string bytes, std::size_t step) {
    for (std::size_t i = step / 2; i < bytes.size(); i += step) bytes[i] = static_cast<char>(bytes[i] + 3);
    return bytes;
}

Instructions view_of(const Difference& part) {
    return {part.control, part.places, part.values, part.inserted};
}

std::string made(const Instructions& part, const std::string& old_file) {
    std::string result;
    follow(part, TextSource(old_file), "x.bundle", [&](Bytes bytes) { result += text_of(bytes); });
    return result;
}

std::string made(const std::vector<Difference>& parts, const std::string& old_file) {
    std::string result;
    for (const Difference& part : parts) result += made(view_of(part), old_file);
    return result;
}

std::size_t size_of(const std::vector<Difference>& parts) {
    std::size_t size = 0;
    for (const Difference& part : parts) size += joined_instructions({view_of(part)}).size();
    return size;
}

TEST(Delta, MakesTheNewFileAgain) {
    const std::string text = random_bytes(50'000, 1);
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"a", "a"},
        {"a", "b"},
        {"abc", ""},
        {text, text},
        {text, "new" + text},
        {text, text.substr(0, 20'000)},
        {text, text.substr(20'000) + "and" + text.substr(0, 20'000) + text.substr(100, 5'000)},
        {text, with_other_addresses(text, 40)},
        {text, random_bytes(30'000, 2)},
        {std::string(200'000, '\0'), std::string(300'000, '\0') + "x"},
    };
    for (const auto& [old_file, new_file] : pairs)
        EXPECT_TRUE(made(difference(old_file, new_file), old_file) == new_file)
            << old_file.size() << " to " << new_file.size() << " bytes";
}

TEST(Delta, IsSmallWhereFilesAreAlike) {
    const std::string text = random_bytes(100'000, 1);
    EXPECT_LT(size_of(difference(text, text)), 16U);
    EXPECT_LT(size_of(difference(text, text.substr(50'000) + text.substr(0, 50'000))), 32U);
    const auto parts = difference(text, with_other_addresses(text, 100));
    EXPECT_LT(size_of(parts), 100'000 / 100 * 4U);
    EXPECT_EQ(parts.size(), 1U);
}

TEST(Delta, OfALargeFileComesInPartsThatFitAFrame) {
    const std::string old_file = random_bytes(10u << 20, 1);
    const std::string new_file =
        with_other_addresses(old_file.substr(0, 6u << 20), 2) + random_bytes(3u << 20, 2) + old_file;
    const auto parts = difference(old_file, new_file);
    EXPECT_GT(parts.size(), 3U);
    EXPECT_TRUE(made(parts, old_file) == new_file);
    for (const Difference& part : parts) {
        EXPECT_LT(joined_instructions({view_of(part)}).size(), delta_content_limit - (64u << 10));
        EXPECT_EQ(part.size, delta_reference_limit);
        EXPECT_LE(part.offset + part.size, old_file.size());
    }
}

TEST(Delta, InstructionsComeApartAsTheyWerePutTogether) {
    const std::vector<Instructions> parts{{"c1", "", "v", "inserted"}, {"", "places", "", ""}};
    const std::string content = joined_instructions(parts);
    const auto split = split_instructions(content, 2, "x.bundle");
    ASSERT_EQ(split.size(), 2U);
    EXPECT_EQ(split[0].inserted, "inserted");
    EXPECT_EQ(split[1].places, "places");
    EXPECT_EQ(joined_instructions(split), content);
    for (std::size_t length = 0; length < content.size(); ++length)
        EXPECT_NE(refusal_of_action([&] { split_instructions(content.substr(0, length), 2, "x"); },
                                    Code::not_trusted),
                  "nothing was thrown");
    EXPECT_NE(refusal_of_action([&] { split_instructions(content + "x", 2, "x"); }, Code::not_trusted)
                  .find("bytes that belong nowhere"),
              std::string::npos);
}

TEST(Delta, RefusesInstructionsThatDontFit) {
    const auto refusal = [](const Instructions& part) {
        return refusal_of_action([&] { made(part, "old file"); }, Code::not_trusted);
    };
    const auto expect = [&](const Instructions& part, const std::string& words) {
        EXPECT_NE(refusal(part).find(words), std::string::npos) << refusal(part);
    };
    using namespace std::string_view_literals;
    EXPECT_EQ(made({"\0\3\0"sv, {}, {}, {}}, "old file"), "old");
    EXPECT_EQ(made({"\0\3\0"sv, "\1\1"sv, "\1"sv, {}}, "old file"), "omd");
    expect({"\0\11\0"sv, {}, {}, {}}, "copies past the old file's end");
    expect({"\1\3\0"sv, {}, {}, {}}, "copies past the old file's end"); // one backwards from the beginning
    expect({"\0\3"sv, {}, {}, {}}, "was cut off");
    expect({"\0\0\3"sv, {}, {}, "ab"sv}, "was cut off");
    expect({"\0\3\0"sv, "\0\1"sv, {}, {}}, "was cut off");
    expect({"\0\0\0"sv, {}, {}, {}}, "does nothing");
    expect({"\0\3\0"sv, {}, {}, "x"sv}, "bytes that belong nowhere");
    expect({"\0\3\0"sv, "\0\4"sv, "abcd"sv, {}}, "bytes that belong nowhere");
    expect({"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0"sv, {}, {}, {}}, "beyond 63 bits");
}

TEST(Delta, IsCompressedToTheSameBytes) {
    const std::string old_file = random_bytes(100'000, 1);
    const std::string content = old_file.substr(1000, 50'000) + "more";
    const std::string frame = compressed_against(content, old_file, 19);
    EXPECT_LT(frame.size(), 100U);
    EXPECT_EQ(compressed_against(content, old_file, 19), frame);
}

} // namespace
} // namespace lockstep
