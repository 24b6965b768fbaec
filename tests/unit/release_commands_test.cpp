// The real `lockstep`, run as a release manager runs it.
#include "packaging/bundle_file.h"
#include "packaging/make_bundle.h"
#include "payload/digest.h"
#include "payload/manifest_pack.h"
#include "tests/support/run.h"
#include "tests/unit/release_support.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace lockstep {
namespace {

class Commands : public testing::Test {
  protected:
    Commands() {
        save_evidence(folder_.release(), folder_.evidence());
        write_file(folder_ / "stub",
                   "an executable without a bundle: Lockstep update executable, engine 1.0");
        EXPECT_EQ(lockstep("keygen one && $L keygen two && $L keygen stranger"), 0) << said();
    }

    // Runs in the release's folder; "$L" is the tool again.
    int lockstep(const std::string& arguments) const {
        const std::string line = "cd '" + (folder_ / "") + "' && unset LOCKSTEP_PASSPHRASE && L='" +
                                 built("lockstep") + "' && { $L " + arguments +
                                 "; } >out.txt 2>&1 </dev/null";
        const int status =
            std::system(("{ " + line + "; }").c_str()); // NOLINT(cert-env33-c): that is the test
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    std::string said() const { return file_text(folder_ / "out.txt"); }
    int build(const std::string& out) const {
        return lockstep("build release.toml --gate gate --key one.key -o " + out);
    }
    bool said(const std::string& text) const { return said().find(text) != std::string::npos; }

    ReleaseFolder folder_;
};

TEST_F(Commands, TheSameInputsGiveTheSameBytes) {
    ASSERT_EQ(build("a.bundle"), 0) << said();
    EXPECT_TRUE(said("Built a.bundle: clinic 1.1.0")) << said();
    std::filesystem::last_write_time(folder_ / "app-1.1.0/clinic",
                                     std::filesystem::file_time_type::clock::now());
    ASSERT_EQ(build("b.bundle"), 0) << said();
    EXPECT_EQ(file_text(folder_ / "a.bundle"), file_text(folder_ / "b.bundle"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "a.bundle.payload"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "a.bundle.new"));
}

TEST_F(Commands, TheManifestSaysWhatWasRehearsedAndShipped) {
    ASSERT_EQ(build("a.bundle"), 0) << said();
    const Manifest manifest =
        parse_manifest(unpacked_manifest(open_bundle(folder_ / "a.bundle").head.manifest));
    EXPECT_EQ(manifest.created, "2026-01-02T03:04:05Z");
    EXPECT_EQ(manifest.gate_sha256, sha256("gate program"));
    EXPECT_EQ(manifest.defaults.at(0).path, "settings.ini");
    EXPECT_EQ(manifest.from.at(0).entry_points, std::vector<std::string>{"clinic"});
    EXPECT_EQ(manifest.from.at(0).schemas.at("main").size(), 1U);
    EXPECT_EQ(manifest.target.schemas.at("main").at(0).sha256, std::string(64, 'a'));
}

TEST_F(Commands, BuildRefusesWithoutMatchingEvidence) {
    write_file(folder_ / "migrations/1.1.0/all.sql", "DROP TABLE patient;\n");
    EXPECT_EQ(build("a.bundle"), 2);
    EXPECT_TRUE(said("the script 1.1.0/all.sql was changed after the rehearsal")) << said();
    EXPECT_TRUE(said("lockstep rehearse")) << said();
    EXPECT_FALSE(std::filesystem::exists(folder_ / "a.bundle"));
}

TEST_F(Commands, BuildRefusesAMissingEntryPoint) {
    std::filesystem::rename(folder_ / "app-1.1.0/clinic", folder_ / "app-1.1.0/klinik");
    EXPECT_EQ(build("a.bundle"), 2);
    EXPECT_TRUE(said("Could not use the entry point clinic: there is no such file in")) << said();
}

TEST_F(Commands, AFailedBuildKeepsTheOldBundle) {
    write_file(folder_ / "a.bundle", "old");
    const Release release = folder_.release();
    Manifest manifest = make_manifest(release, folder_.evidence(), folder_ / "gate");
    write_file(folder_ / "app-1.1.0/clinic", "new Program"); // of the same size
    const std::string message = message_of<Error>([&] {
        write_bundle(release, manifest, {PrivateKey::generate()}, folder_ / "a.bundle", {}, folder_ / "gate");
    });
    EXPECT_NE(message.find("app-1.1.0/clinic: it changed while the bundle was being made"), std::string::npos)
        << message;
    EXPECT_EQ(file_text(folder_ / "a.bundle"), "old");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "a.bundle.payload"));
}

TEST_F(Commands, SecondSignatureAndThreshold) {
    ASSERT_EQ(build("a.bundle"), 0) << said();
    EXPECT_EQ(lockstep("verify a.bundle --trust one.pub"), 0) << said();
    EXPECT_EQ(lockstep("verify a.bundle --trust one.pub two.pub --threshold 2"), 11) << said();
    EXPECT_EQ(lockstep("sign a.bundle --key two.key"), 0) << said();
    EXPECT_EQ(lockstep("verify a.bundle --trust one.pub two.pub --threshold 2"), 0) << said();
    EXPECT_EQ(lockstep("verify a.bundle --trust stranger.pub"), 11) << said();
    EXPECT_EQ(lockstep("sign a.bundle --key two.key --key two.key"), 2);
    EXPECT_TRUE(said("the same key is given twice")) << said();
}

TEST_F(Commands, VerifyReadsEveryByteOfThePayload) {
    ASSERT_EQ(build("a.bundle"), 0) << said();
    const BundleFile bundle = open_bundle(folder_ / "a.bundle");
    std::string text = file_text(folder_ / "a.bundle");
    text[bundle.head.payload_offset + bundle.head.payload_size / 2] ^= 1;
    write_file(folder_ / "b.bundle", text);
    EXPECT_EQ(lockstep("verify b.bundle --trust one.pub"), 11);
    EXPECT_TRUE(said("the payload is damaged at byte 0")) << said();
    EXPECT_EQ(lockstep("sign b.bundle --key two.key"), 11) << "nobody signs a damaged payload";
}

TEST_F(Commands, InspectShowsAndOpensslVerifies) {
    ASSERT_EQ(build("a.bundle"), 0) << said();
    EXPECT_EQ(lockstep("inspect a.bundle --extract parts"), 0);
    EXPECT_TRUE(said().starts_with("Nothing was verified")) << said();
    EXPECT_TRUE(said("runs: 1.1.0/all.sql")) << said();
    EXPECT_EQ(
        lockstep("--version && openssl pkeyutl -verify -rawin -pubin -inkey parts/1.pub -sigfile parts/1.sig "
                 "-in parts/manifest.json.zst"),
        0)
        << said();
    EXPECT_EQ(lockstep("inspect a.bundle --json"), 0);
    EXPECT_TRUE(said("\"product\": \"clinic\"")) << said();
}

TEST_F(Commands, WrapMakesAnExecutableThatHoldsTheBundle) {
    ASSERT_EQ(build("a.bundle"), 0) << said();
    ASSERT_EQ(lockstep("wrap a.bundle --stub stub -o update.run"), 0) << said();
    struct stat status {};
    ASSERT_EQ(::stat((folder_ / "update.run").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0755U);
    EXPECT_TRUE(file_text(folder_ / "update.run").ends_with(file_text(folder_ / "a.bundle")));
    EXPECT_EQ(lockstep("verify update.run --trust one.pub"), 0) << said();
    EXPECT_EQ(lockstep("inspect update.run"), 0);
    EXPECT_TRUE(said("the update executable trusts ")) << said();
    EXPECT_EQ(lockstep("wrap a.bundle --stub update.run -o again.run"), 2);
    EXPECT_TRUE(said("it already holds a bundle")) << said();
    EXPECT_EQ(lockstep("wrap a.bundle --stub stub --trust stranger.pub -o again.run"), 11) << said();
}

TEST_F(Commands, KeysAreNeverOverwrittenAndMayBeLocked) {
    const std::string key = file_text(folder_ / "one.key");
    EXPECT_EQ(lockstep("keygen one"), 2);
    EXPECT_TRUE(said("a key is never overwritten")) << said();
    EXPECT_EQ(file_text(folder_ / "one.key"), key);
    struct stat status {};
    ASSERT_EQ(::stat((folder_ / "one.key").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    write_file(folder_ / "secret", "open sesame\n");
    ASSERT_EQ(lockstep("keygen locked --passphrase-file secret"), 0) << said();
    const std::string line = "build release.toml --gate gate --key locked.key -o a.bundle";
    EXPECT_EQ(lockstep(line), 2);
    EXPECT_TRUE(said("it needs a passphrase")) << said();
    EXPECT_EQ(lockstep(line + " --passphrase-file secret"), 0) << said();
}

TEST_F(Commands, TrustMovesToNewKeys) {
    const std::string line = "trust --product clinic --keys two.pub -o 2.json --key two.key ";
    EXPECT_EQ(lockstep(line + "--key one.key"), 0) << said();
    write_file(folder_ / "release.toml", std::string("trust = [\"2.json\"]\n") + small_release);
    ASSERT_EQ(lockstep("build release.toml --gate gate --key two.key -o a.bundle"), 0) << said();
    EXPECT_EQ(lockstep("verify a.bundle --trust one.pub"), 0)
        << "the old key's document leads to the new key: " << said();
    EXPECT_EQ(lockstep("verify a.bundle --trust stranger.pub"), 11) << said();
    EXPECT_EQ(
        lockstep("trust --product clinic --keys stranger.pub -o 3.json --previous 2.json --key stranger.key"),
        2);
    EXPECT_TRUE(said("both must sign")) << said();
    EXPECT_EQ(
        lockstep("trust --product clinic --keys stranger.pub -o 3.json --previous 2.json --key two.key --key "
                 "stranger.key"),
        0)
        << said();
    EXPECT_TRUE(said("version 3")) << said();
}

TEST_F(Commands, AWrongCommandLineIsTwo) {
    EXPECT_EQ(lockstep(""), 2);
    EXPECT_TRUE(said("keygen")) << "the help: " << said();
    EXPECT_EQ(lockstep("--help"), 0);
    EXPECT_EQ(lockstep("build --nonsense"), 2);
    EXPECT_EQ(lockstep("verify missing.bundle --trust one.pub"), 2) << said();
    EXPECT_EQ(lockstep("verify release.toml --trust one.pub"), 11) << said();
}

} // namespace
} // namespace lockstep
