#include "tests/support/installation.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <map>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

void expect_said(const Ran& ran, const std::vector<std::string>& message) {
    for (const std::string& part : message)
        EXPECT_NE((ran.out + ran.err).find(part), std::string::npos) << "is not said: " << part << "\nbut:\n"
                                                                     << ran.out << ran.err;
}

} // namespace

Workshop& common_workshop() {
    static Workshop workshop;
    // Tests run the update as other users too, who have to read the bundle and the key.
    static const bool readable = [] {
        fs::permissions(workshop.path(), fs::perms(0755));
        return true;
    }();
    static_cast<void>(readable);
    return workshop;
}

const std::string& common_bundle() {
    static const std::string bundle = common_workshop().bundle(common_workshop() / "release-1.1.0.toml");
    return bundle;
}

const std::string& common_whole_bundle() {
    static const std::string bundle = [] {
        const std::string release = common_workshop() / "release-whole.toml";
        fs::copy(common_workshop() / "release-1.1.0.toml", release);
        return common_workshop().bundle(release, "key", {"--whole-files"});
    }();
    return bundle;
}

std::string bundle_with(const std::string& name, const std::string& more) {
    static std::map<std::string, std::string> made;
    if (const auto found = made.find(name); found != made.end()) return found->second;
    Workshop& workshop = common_workshop();
    const std::string plain = read_file(workshop / "release-1.1.0.toml");
    const std::string own = workshop / ("release-" + name + ".toml");
    fs::copy(workshop.release("1.1.0", {"1.0.0"}, more), own);
    write_file(workshop / "release-1.1.0.toml", plain);
    return made[name] = workshop.bundle(own);
}

Installation::Installation(const std::string& version, int rows) : root_(folder_ / "field laptop") {
    fs::rename(common_workshop().install("made", version, rows), root_);
    remember();
}

Installation::Installation(const std::string& root, const std::string& version, int rows) : root_(root) {
    const std::string made = common_workshop().install("made", version, rows);
    fs::create_directories(root);
    fs::copy(made, root, fs::copy_options::recursive);
    fs::remove_all(made);
    remember();
}

std::string Installation::people() const {
    if (!fs::exists(database())) return {};
    const Ran ran = run({"sqlite3", "-readonly", database(), "SELECT id, name, place_id FROM person"});
    return ran.code == 0 ? ran.out : "not readable";
}

void Installation::remember() {
    before_ = tree_of(root_, true);
}

Ran Installation::apply(const std::vector<std::string>& words) const {
    return apply(common_bundle(), words);
}

Ran Installation::apply(const std::string& bundle, const std::vector<std::string>& words) const {
    return common_workshop().apply(root_, bundle, words);
}

Ran Installation::update(const std::vector<std::string>& words) const {
    return common_workshop().update(root_, words);
}

void Installation::expect_untouched(const Ran& ran, int code, const std::vector<std::string>& message) const {
    EXPECT_EQ(ran.code, code) << ran.out << ran.err;
    expect_said(ran, message);
    EXPECT_EQ(differences(before_, tree_of(root_, true)), "") << ran.err;
}

void Installation::expect_updated(const Ran& ran) const {
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    expect_said(ran, {"register was updated from version 1.0.0 to 1.1.0."});
    EXPECT_EQ(read_file(root_ + "/lib/changed.txt"), "new in 1.1.0\n");
    EXPECT_EQ(read_file(root_ + "/new folder/ünï.txt"), "non-ASCII\n");
    EXPECT_EQ(read_file(root_ + "/lib/added.txt").size(), 300000U);
    EXPECT_FALSE(fs::exists(root_ + "/lib/removed.txt"));
    EXPECT_FALSE(fs::exists(database() + "-journal"));
    EXPECT_FALSE(fs::exists(database() + "-wal"));
}

void Installation::expect_rolled_back(const Ran& ran) const {
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    Tree before;
    for (const auto& [path, content] : before_)
        if (!path.starts_with(".lockstep")) before.emplace(path, content);
    EXPECT_EQ(differences(before, tree_of(root_)), "");
}

} // namespace lockstep
