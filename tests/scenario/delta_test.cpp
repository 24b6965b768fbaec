// What a bundle brings of files that are much as before, and what is made of it.
#include "payload/bundle.h"
#include "payload/digest.h"
#include "tests/support/attempt.h"
#include "tests/support/remade_bundle.h"
#include "tests/support/workshop.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <random>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::string noise(std::size_t size, unsigned seed) {
    std::mt19937 numbers(seed); // NOLINT(cert-msc51-cpp): the same bytes each time
    std::string bytes;
    while (bytes.size() < size) bytes += static_cast<char>(numbers());
    return bytes;
}

// Incompressible, so that its size in a bundle is no doubt its own.
std::string program(std::size_t size, int version) {
    std::string bytes = noise(size, 1);
    for (std::size_t i = 0; i < bytes.size(); i += 500) bytes[i] = static_cast<char>(bytes[i] + version);
    return bytes;
}

// Three versions of an application with files of every kind, and the bundle from the first two to the last:
// made once, it takes a while.
class Versions {
  public:
    Versions() {
        for (int version = 0; version < 3; ++version) {
            const std::string tree = "app-1." + std::to_string(version) + ".0/";
            write_file(workshop / (tree + "bin/program"), program(300'000, version), 0755);
            write_file(workshop / (tree + "bin/large"), program(9u << 20, version / 2), 0755);
            write_file(workshop / (tree + "lib/same"), noise(100'000, 2));
            write_file(workshop / (tree + (version < 2 ? "lib/old name" : "lib/new name")), noise(90'000, 3));
            write_file(workshop / (tree + (version < 2 ? "lib/moved" : "share/moved")),
                       noise(80'000, 4) + std::to_string(version));
        }
        write_file(workshop / "app-1.2.0/lib/another", noise(50'000, 5));
        release = workshop.release("1.2.0", {"1.0.0", "1.1.0"});
        bundle = workshop.bundle(release, "key", {"--deltas"});
    }

    Workshop workshop;
    std::string release;
    std::string bundle;
};

class DeltaBundle : public testing::Test {
  protected:
    static Versions& versions() {
        static Versions made;
        return made;
    }

    // Applies to an installation of that version, which has the new tree then.
    void expect_updated(const std::string& version) {
        const std::string root = workshop_.install("field-" + version, version);
        const Ran ran = workshop_.apply(root, bundle_);
        EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
        fs::remove_all(root + "/data");
        EXPECT_EQ(differences(tree_of(workshop_ / "app-1.2.0"), tree_of(root)), "");
#ifndef __SANITIZE_ADDRESS__
        EXPECT_LT(ran.peak_memory, 64.0 * (1 << 20));
#endif
    }

    Workshop& workshop_ = versions().workshop;
    const std::string& release_ = versions().release;
    const std::string& bundle_ = versions().bundle;
};

TEST_F(DeltaBundle, IsSmallAndMakesTheSameTreeFromEachVersion) {
    const std::uint64_t another = 50'000;
    const std::uint64_t added_in_test_application = 300'000; // of one letter
    EXPECT_LT(fs::file_size(bundle_), another + added_in_test_application + 500'000);
    expect_updated("1.0.0");
    expect_updated("1.1.0");
}

TEST_F(DeltaBundle, IdenticalAndRenamedFilesDontTravel) {
    const BundleParts parts(bundle_);
    const std::string tar = unpacked_tar(parts);
    for (const std::string& content : {noise(100'000, 2), noise(90'000, 3)})
        EXPECT_EQ(tar.find("blobs/" + sha256(content)), std::string::npos);
    for (const std::string& content : {program(300'000, 2), program(9u << 20, 1), noise(80'000, 4) + "2"})
        EXPECT_EQ(tar.find("blobs/" + sha256(content)), std::string::npos);
    EXPECT_NE(tar.find("blobs/" + sha256(noise(50'000, 5))), std::string::npos);
}

TEST_F(DeltaBundle, IsToldInItsParts) {
    const Ran shown = workshop_.lockstep({"inspect", bundle_});
    ASSERT_EQ(shown.code, 0) << shown.err;
    for (const std::string words :
         {"where the bytes go:", "manifest\n", "whole, with the scripts: ", "lib/another\n",
          "deltas from 1.0.0: ", "deltas from 1.1.0: ", "9.0 MiB  bin/large\n", "bin/program\n",
          "share/moved\n"})
        expect_says(shown.out, words);
}

TEST_F(DeltaBundle, IsTheSameOnOneCore) {
    const Ran ran = run({"taskset", "-c", "0", built("lockstep"), "build", release_, "--deltas", "--key",
                         workshop_ / "key.key", "-o", workshop_ / "one.bundle"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(read_file(bundle_) == read_file(workshop_ / "one.bundle"));
}

// A changed file is no source for a delta: the bundle must bring it whole, or it is refused.
TEST_F(DeltaBundle, ReplacesAChangedFileOnlyWhereItBringsItWhole) {
    const std::string root = workshop_.install("field", "1.1.0");
    const std::vector<std::string> set_aside{"--set-aside-local-changes"};
    for (const std::string path : {"bin/program", "lib/same"}) {
        const std::string original = read_file(root + "/" + path);
        write_file(root + "/" + path, "changed by hand\n", path == "bin/program" ? 0755 : 0644);
        expect_refused(
            root, 10,
            {"files were changed here, and this bundle brings only what differs from version 1.1.0",
             "built with --whole-files"},
            [&] { return workshop_.apply(root, bundle_, set_aside); });
        write_file(root + "/" + path, original, path == "bin/program" ? 0755 : 0644);
    }
    write_file(root + "/bin/program", "changed by hand\n", 0755);
    const std::string release = workshop_ / "release-whole.toml";
    fs::copy(release_, release);
    const std::string whole = workshop_.bundle(release, "key", {"--whole-files"});
    const Ran ran = workshop_.apply(root, whole, set_aside);
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    fs::remove_all(root + "/data");
    EXPECT_EQ(differences(tree_of(workshop_ / "app-1.2.0"), tree_of(root)), "");
}

} // namespace
} // namespace lockstep
