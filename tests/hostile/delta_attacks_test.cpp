// Deltas that were signed and still aren't what they should be: refused, with nothing changed, within bounds.
#include "payload/delta.h"
#include "tests/hostile/bounds.h"
#include "tests/support/sweep.h"

namespace lockstep {
namespace {

class DeltaAttacks : public testing::Test {
  protected:
    // The genuine bundle with this frame, for delta_path alone, in place of its only one; `content` is what
    // it claims to unpack to.
    BundleParts with_frame(const std::string& frame, std::uint64_t content) const {
        BundleParts parts(small_.bundle());
        const auto json = nlohmann::json::parse(parts.manifest);
        const std::uint64_t archive = json.at("archive_size");
        nlohmann::json deltas = json.at("deltas");
        EXPECT_EQ(deltas.size(), 1U);
        for (auto part = deltas[0]["parts"].begin(); part != deltas[0]["parts"].end();)
            part = json["target"]["files"][part->at("target").get<std::size_t>()]["path"] == delta_path
                       ? std::next(part)
                       : deltas[0]["parts"].erase(part);
        EXPECT_EQ(deltas[0]["parts"].size(), 1U);
        deltas[0]["size"] = frame.size();
        deltas[0]["content"] = content;
        parts.put_payload(parts.payload.substr(0, archive) + frame);
        return parts.change([&](nlohmann::json& all) {
            all["archive_size"] = archive;
            all["deltas"] = deltas;
        });
    }
    BundleParts with_content(const std::string& content) const {
        return with_frame(compressed_against(content, delta_content("1.0.0"), 3), content.size());
    }
    BundleParts with_instructions(const Instructions& instructions) const {
        return with_content(joined_instructions({instructions}));
    }
    BundleParts with_deltas(const std::function<void(nlohmann::json&)>& change) const {
        return BundleParts(small_.bundle()).change([&](nlohmann::json& all) { change(all["deltas"][0]); });
    }

    SmallRelease small_;
};

using namespace std::string_view_literals;

TEST_F(DeltaAttacks, OfWrongInstructions) {
    const std::size_t size = delta_content("1.0.0").size();
    const auto copying = [](std::size_t count) {
        std::string control;
        for (const std::size_t number : {std::size_t{0}, count, std::size_t{0}})
            append_number(control, number);
        return control;
    };
    small_.expect_refused_signed(with_instructions({copying(size), {}, {}, {}}), // the old file again
                                 "a delta in its payload doesn't make lib/list.txt");
    small_.expect_refused_signed(with_instructions({copying(size - 1), {}, {}, {}}),
                                 "the deltas in its payload don't make 1 of the files that it needs");
    std::string endless; // a few bytes that make gigabytes
    for (int i = 0; i < 100'000; ++i) {
        append_number(endless, i == 0 ? 0 : 2 * size - 1);
        append_number(endless, size);
        append_number(endless, 0);
    }
    small_.expect_refused_signed(with_instructions({endless, {}, {}, {}}),
                                 "makes more than lib/list.txt has");
    small_.expect_refused_signed(with_instructions({"\0\xff\x7f\0"sv, {}, {}, {}}),
                                 "past the old file's end");
    small_.expect_refused_signed(with_instructions({"\x03\x01\0"sv, {}, {}, {}}), "past the old file's end");
    small_.expect_refused_signed(with_instructions({"\0\0\0"sv, {}, {}, {}}), "has a step that does nothing");
    small_.expect_refused_signed(with_content(std::string("\x05\0\0\0abc"sv)),
                                 "a delta in its payload was cut off");
    small_.expect_refused_signed(with_content(""), "a delta in its payload was cut off");
    small_.expect_refused_signed(with_content(std::string("\0\0\0\0x", 5)), "bytes that belong nowhere");
    small_.expect_still_updates();
}

TEST_F(DeltaAttacks, OfFramesThatArentWhatTheySay) {
    const std::string bomb = ZstdFrameWriter().add_zeros(std::uint64_t{1} << 30).finish();
    small_.expect_refused_signed(with_frame(bomb, 1000), "a frame of deltas in its payload is damaged");
    small_.expect_refused_signed(with_frame(bomb, delta_content_limit),
                                 "a frame of deltas in its payload is damaged");
    const std::string content = std::string(4, '\0');
    small_.expect_refused_signed(with_frame(compressed_against(content, {}, 3), 5), "was cut off");
    small_.expect_refused_signed(with_frame("no frame", 8), "a frame of deltas in its payload is damaged");
    const std::string twice = compressed_against(content, {}, 3) + compressed_against(content, {}, 3);
    small_.expect_refused_signed(with_frame(twice, 4), "a frame of deltas in its payload is damaged");
    small_.expect_still_updates();
}

TEST_F(DeltaAttacks, OfManifestsThatNameWhatIsntThere) {
    const auto expect = [&](const std::string& key, std::uint64_t value, const std::string& words) {
        small_.expect_refused_signed(with_deltas([&](nlohmann::json& frame) { frame[key] = value; }), words);
    };
    const auto expect_part = [&](const std::string& key, std::uint64_t value, const std::string& words) {
        small_.expect_refused_signed(
            with_deltas([&](nlohmann::json& frame) { frame["parts"][0][key] = value; }), words);
    };
    expect("from", 1, "a frame of deltas is from no version that is listed");
    expect("offset", 0, "lies outside its part of the payload");
    expect("offset", 1ULL << 52, "lies outside its part of the payload");
    expect("size", 1ULL << 52, "lies outside its part of the payload");
    expect("content", delta_content_limit + 1, "is larger than 4 MiB");
    expect_part("source", 99, "is of a file that no list has");
    expect_part("target", 99, "is of a file that no list has");
    expect_part("size", 1ULL << 52, "goes past its end");
    expect_part("offset", 1ULL << 52, "goes past its end");
    expect_part("target", 1, "makes more than lib/added.txt has"); // that of the script `app`
    small_.expect_refused_signed(with_deltas([](nlohmann::json& frame) {
                                     const nlohmann::json part = frame["parts"].back();
                                     for (int i = 0; i < 10'000; ++i) frame["parts"].push_back(part);
                                 }),
                                 "needs more than 8 MiB of old files");
    small_.expect_still_updates();
}

} // namespace
} // namespace lockstep
