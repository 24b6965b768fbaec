// `lockstep build -o`: only a bundle is written over.
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
    expect_refused(workshop.path(), 2, {"-o names no file"}, [&] { return build(""); });
    expect_refused(workshop.path(), 2, {workshop / "app-1.1.0" + ": it is a folder"},
                   [&] { return build(workshop / "app-1.1.0"); });
    for (const std::string& input : {key, release, workshop / "samples/register-1.0.0.db"})
        expect_refused(workshop.path(), 2, {input + ": a file is there already that is no bundle"},
                       [&] { return build(input); });
    EXPECT_EQ(build(bundle).code, 0);
    write_file(bundle, read_file(bundle).substr(0, 1000));
    EXPECT_EQ(build(bundle).code, 0) << "what an interrupted copy left";
}

} // namespace
} // namespace lockstep
