// -o and --html: only what such an option writes is written over.
#include "tests/support/attempt.h"
#include "tests/support/installation.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(BuildOutput, WritesOverNothingButABundle) {
    Workshop workshop;
    const std::string release = workshop / "release-1.1.0.toml";
    const std::string bundle = workshop.bundle(release);
    const std::string key = workshop / "key.key";
    const auto build = [&](const std::string& out) {
        return workshop.lockstep({"build", release, "--key", key, "-o", out});
    };
    expect_refused(workshop.path(), 2, {"--output: names no file"}, [&] { return build(""); });
    expect_refused(workshop.path(), 2, {workshop / "app-1.1.0" + ": it is a folder"},
                   [&] { return build(workshop / "app-1.1.0"); });
    for (const std::string& input : {key, release, workshop / "samples/register-1.0.0.db"})
        expect_refused(workshop.path(), 2, {input + ": a file is there already that is no bundle"},
                       [&] { return build(input); });
    EXPECT_EQ(build(bundle).code, 0);
    write_file(bundle, read_file(bundle).substr(0, 1000));
    EXPECT_EQ(build(bundle).code, 0) << "what an interrupted copy left";
}

// Keys, databases, scripts and what the command itself reads stay as they are.
class Outputs : public testing::Test {
  protected:
    // `command` ends with the option that names the output.
    void expect_kept(const std::vector<std::string>& command, const std::string& noun) const {
        SCOPED_TRACE(command.front());
        const std::string option = command.back() == "-o" ? "--output" : command.back();
        expect_out(command, "", option + ": names no file");
        expect_out(command, workshop_ / "app-1.1.0", (workshop_ / "app-1.1.0") + ": it is a folder");
        expect_out(command, workshop_ / "missing/out", "there is no folder");
        for (const std::string name :
             {"key.key", "key.pub", "release-1.1.0.toml", "samples/register-1.0.0.db"})
            expect_out(command, workshop_ / name, (workshop_ / name) + ": ");
        expect_out(command, workshop_ / "migrations/1.1.0/all.sql",
                   "a file is there already that is no " + noun + "; it was left as it is");
    }
    void expect_out(std::vector<std::string> command, const std::string& out,
                    const std::string& words) const {
        command.push_back(out);
        expect_refused(workshop_.path(), 2, {words}, [&] { return workshop_.lockstep(command); });
    }
    void must(std::vector<std::string> command, const std::string& out) const {
        command.push_back(out);
        const Ran ran = workshop_.lockstep(command);
        EXPECT_LE(ran.code, 1) << ran.out << ran.err; // 1: something was found
    }

    Workshop workshop_;
    const std::string release_ = workshop_ / "release-1.1.0.toml";
    const std::string older_ = workshop_ / "samples/register-1.0.0.db";
    const std::string newer_ = workshop_ / "samples/register-1.1.0.db";
};

TEST_F(Outputs, AnUpdateExecutableIsWrittenOverNothingElse) {
    const std::string bundle = workshop_.bundle(release_);
    const std::string stub = workshop_ / "stub";
    write_file(stub, read_file(built("update")), 0755);
    const std::vector<std::string> wrap{"wrap", bundle, "--stub", stub, "--trust", workshop_ / "key.pub",
                                        "-o"};
    expect_kept(wrap, "update executable");
    for (const std::string& input : {stub, bundle})
        expect_out(wrap, input, input + ": a file is there already that is no update executable");
    must(wrap, workshop_ / "update.run");
    must(wrap, workshop_ / "update.run");
}

TEST_F(Outputs, ATrustDocumentIsWrittenOverNothingElse) {
    const std::string key = workshop_ / "key.key";
    std::vector<std::string> trust{"trust", "--product", "register", "--keys", workshop_ / "key.pub",
                                   "--key", key,         "-o"};
    expect_kept(trust, "trust document");
    expect_out(trust, key, key + ": a file is there already that is no trust document");
    must(trust, workshop_ / "2.json");
    must(trust, workshop_ / "2.json");
    trust.insert(trust.end() - 1, {"--previous", workshop_ / "2.json"});
    expect_out(trust, workshop_ / "2.json", "it would be written over " + (workshop_ / "2.json"));
}

TEST_F(Outputs, APageIsWrittenOverNothingElse) {
    workshop_.rehearse(release_); // whose evidence stays
    for (const std::vector<std::string>& command : {std::vector<std::string>{"rehearse", release_, "--html"},
                                                    {"lint", release_, "--db", older_, "--html"},
                                                    {"diff", older_, newer_, "--html"}}) {
        expect_kept(command, "page");
        must(command, workshop_ / "page.html");
        must(command, workshop_ / "page.html");
    }
}

TEST_F(Outputs, AFolderIsMadeWhereNothingElseHasItsName) {
    const std::string key = workshop_ / "key.key";
    const std::vector<std::string> draft{"draft", older_, newer_, "-o"};
    expect_out(draft, "", "--output: names no file");
    expect_out(draft, key, key + " is no folder");
    expect_out(draft, key + "/1.1.0", key + " is no folder");
    const std::vector<std::string> carry{"export", older_, "-o"};
    expect_out(carry, "", "--output: names no file");
    expect_out(carry, key, key + ": there is something of that name already");
    expect_out(carry, key + "/tables", key + " is no folder");
}

} // namespace
} // namespace lockstep
