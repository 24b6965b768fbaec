// The simulated disk itself: what a power cut may take from it, and what it may not.
#include "tests/support/crash_states.h"

#include <gtest/gtest.h>
#include <set>

namespace lockstep {
namespace {

using Kind = DiskOperation::Kind;

constexpr NodeNumber top = 1;
constexpr NodeNumber file = 2;
constexpr NodeNumber other_folder = 3;
constexpr NodeNumber fresh = 4;

// A folder with a file "old" that holds "old content", and an empty folder "folder".
DiskState small_disk() {
    DiskState state;
    state.root = top;
    state.nodes[top] = {true, {}, nullptr, {{"old", file}, {"folder", other_folder}}};
    state.nodes[file] = {false, {}, content_of("old content"), {}};
    state.nodes[other_folder] = {true, {}, nullptr, {}};
    return state;
}

DiskOperation rename_into_folder() {
    return {Kind::rename, file, {top, "old"}, {other_folder, "new"}};
}

// Each state after all steps, as "path=content" words.
std::string described(const DiskState& state, NodeNumber folder, const std::string& path) {
    std::string text;
    for (const auto& [name, number] : state.nodes.at(folder).names) {
        const DiskNode& node = state.nodes.at(number);
        if (node.folder)
            text += described(state, number, path + name + "/");
        else
            text += path + name + "=" + node.content->bytes + " ";
    }
    return text;
}
std::set<std::string> states_of(const DiskLog& log) {
    std::set<std::string> found;
    each_crash_state(log, log.steps().size(), [&](const std::string&, const std::vector<Extent>& extents) {
        found.insert(described(log.replay(extents), top, ""));
    });
    return found;
}
using States = std::set<std::string>;

TEST(DiskLog, LosesARenameUntilBothFoldersAreSynced) {
    DiskLog log(small_disk());
    log.add(rename_into_folder(), "rename");
    const States both{"old=old content ", "folder/new=old content "};
    EXPECT_EQ(states_of(log), both);
    log.sync_names(other_folder, "sync");
    EXPECT_EQ(states_of(log), both);
    log.sync_names(top, "sync");
    EXPECT_EQ(states_of(log), States{"folder/new=old content "});
}

TEST(DiskLog, LosesAWriteUntilItsFileIsSyncedAndNotItsFolder) {
    DiskLog log(small_disk());
    log.add(write_of(file, 0, "new"), "write");
    log.sync_names(top, "sync");
    EXPECT_EQ(states_of(log), (States{"old=old content ", "old=new content "}));
    log.sync_node(file, "sync");
    EXPECT_EQ(states_of(log), States{"old=new content "});
}

TEST(DiskLog, TearsAWriteAtSectors) {
    DiskState state = small_disk();
    state.nodes[file].content = content_of(std::string(5000, 'o'));
    DiskLog log(state);
    log.add(write_of(file, 0, std::string(5000, 'n')), "write");
    const auto torn = [](std::size_t first, char one, char other) {
        return "old=" + std::string(first, one) + std::string(5000 - first, other) + " ";
    };
    EXPECT_EQ(states_of(log), (States{torn(5000, 'o', 'n'), torn(5000, 'n', 'o'), torn(512, 'n', 'o'),
                                      torn(512, 'o', 'n'), torn(4096, 'n', 'o'), torn(4096, 'o', 'n')}));
}

TEST(DiskLog, GrowsAFileWithoutItsData) {
    DiskLog log(small_disk());
    log.add(write_of(file, 11, "!"), "write");
    EXPECT_EQ(states_of(log), (States{"old=old content ", "old=old content! ",
                                      std::string("old=old content\0 ", 17), "old=old content\xa5 "}));
}

TEST(DiskLog, LosesANewFilesNameAlone) {
    DiskLog log(small_disk());
    DiskOperation link(Kind::link, fresh, {top, "fresh"});
    link.made.content = content_of("");
    log.add(link, "create");
    log.add(write_of(fresh, 0, "x"), "write");
    log.sync_node(fresh, "sync");
    EXPECT_EQ(states_of(log), (States{"old=old content ", "fresh=x old=old content "}));
    log.sync_names(top, "sync");
    EXPECT_EQ(states_of(log), States{"fresh=x old=old content "});
}

TEST(DiskLog, KeepsTheOrderOnOneName) {
    DiskLog log(small_disk());
    log.add(rename_into_folder(), "rename");
    log.add({Kind::rename, file, {other_folder, "new"}, {top, "newer"}}, "rename");
    EXPECT_EQ(states_of(log), (States{"old=old content ", "folder/new=old content ", "newer=old content "}));
}

TEST(DiskLog, LosesAnExchangeAsAWhole) {
    DiskLog log(small_disk());
    DiskOperation link(Kind::link, fresh, {other_folder, "fresh"});
    link.made.content = content_of("");
    log.add(link, "create");
    log.sync_all("sync");
    DiskOperation exchange(Kind::exchange, file, {top, "old"}, {other_folder, "fresh"});
    exchange.other_node = fresh;
    log.add(exchange, "exchange");
    EXPECT_EQ(states_of(log), (States{"folder/fresh= old=old content ", "folder/fresh=old content old= "}));
}

TEST(DiskLog, KeepsEverythingOnceTheVolumeIsSynced) {
    DiskLog log(small_disk());
    log.add(rename_into_folder(), "rename");
    log.add(write_of(file, 0, "new"), "write");
    EXPECT_GT(states_of(log).size(), 3U);
    log.sync_all("sync");
    EXPECT_EQ(states_of(log), States{"folder/new=new content "});
}

TEST(DiskLog, InOrderLosesOnlyTheEnd) {
    DiskLog log(small_disk());
    log.add(rename_into_folder(), "rename");
    log.add(write_of(file, 0, "new"), "write");
    States found;
    each_ordered_state(log, 2, [&](const std::string&, const std::vector<Extent>& extents) {
        found.insert(described(log.replay(extents), top, ""));
    });
    EXPECT_EQ(found, (States{"old=old content ", "folder/new=old content ", "folder/new=new content "}));
}

} // namespace
} // namespace lockstep
