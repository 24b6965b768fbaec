#include "packaging/evidence.h"
#include "payload/error.h"
#include "tests/unit/release_support.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

std::string refusal(const ReleaseFolder& folder, const Evidence& evidence) {
    return evidence_refusal(folder.release(), evidence).value_or("accepted");
}

void change_release(const ReleaseFolder& folder, const std::string& added_first) {
    write_file(folder / "release.toml", added_first + small_release);
}

TEST(Evidence, SurvivesTheFile) {
    const ReleaseFolder folder;
    const Evidence evidence = folder.evidence();
    save_evidence(folder.release(), evidence);
    EXPECT_EQ(read_evidence(folder.release()), evidence);
    EXPECT_NE(file_text(folder / "rehearsal.json").find("\n  \"created\": \"2026-01-02T03:04:05Z\""),
              std::string::npos);
}

TEST(Evidence, IsAcceptedForExactlyItsRelease) {
    const ReleaseFolder folder;
    EXPECT_EQ(refusal(folder, folder.evidence()), "accepted");
}

TEST(Evidence, NamesTheScriptThatIsAnother) {
    const ReleaseFolder folder;
    const Evidence evidence = folder.evidence();
    write_file(folder / "migrations/1.1.0/checks.sql", "SELECT 1 WHERE 0;\n");
    EXPECT_EQ(refusal(folder, evidence), "the script 1.1.0/checks.sql was added after the rehearsal");
    std::filesystem::remove(folder / "migrations/1.1.0/checks.sql");
    write_file(folder / "migrations/1.1.0/all.sql", "DROP TABLE patient;\n");
    EXPECT_EQ(refusal(folder, evidence), "the script 1.1.0/all.sql was changed after the rehearsal");
    std::filesystem::remove(folder / "migrations/1.1.0/all.sql");
    EXPECT_EQ(refusal(folder, evidence),
              "the script 1.1.0/all.sql was rehearsed, and isn't part of the release now");
}

TEST(Evidence, NamesChangedDeclarations) {
    for (const char* added : {"dropped_tables = [\"patient\"]\n", "journal = true\n",
                              "max_shrink = { patient = 1 }\n", "health = { argv = [\"x\"] }\n"}) {
        const ReleaseFolder folder;
        const Evidence evidence = folder.evidence();
        change_release(folder, added);
        EXPECT_NE(refusal(folder, evidence).find("declarations"), std::string::npos) << added;
    }
}

// What a migration or the health check runs out of the new code was rehearsed as it was then.
TEST(Evidence, NamesTheProgramThatIsAnother) {
    const ReleaseFolder folder;
    const std::string health = "health = { argv = [\"sh\", \"bin/check\", \"/bin/sh\"] }\n";
    change_release(folder, health);
    write_file(folder / "migrations/1.1.0/recode.run.toml", "argv = [\"{root}/bin/recode\", \"--all\"]\n");
    for (const std::string name : {"bin/recode", "bin/check", "sh2"})
        write_file(folder / ("app-1.1.0/" + name), "#!/bin/sh\n");
    const Evidence evidence = folder.evidence();
    EXPECT_EQ(refusal(folder, parse_evidence(write_evidence(evidence), "x")), "accepted");
    write_file(folder / "app-1.1.0/sh2", "nothing runs it");
    EXPECT_EQ(refusal(folder, evidence), "accepted");
    for (const std::string name : {"bin/recode", "bin/check"}) {
        write_file(folder / ("app-1.1.0/" + name), "#!/bin/sh\nexit 0\n");
        EXPECT_EQ(refusal(folder, evidence), "the program " + name + " was changed after the rehearsal");
        write_file(folder / ("app-1.1.0/" + name), "#!/bin/sh\n");
    }
    std::filesystem::remove(folder / "app-1.1.0/bin/check");
    EXPECT_EQ(refusal(folder, evidence),
              "the program bin/check was rehearsed, and isn't part of the release now");
    const Evidence without = folder.evidence();
    write_file(folder / "app-1.1.0/bin/check", "#!/bin/sh\n");
    EXPECT_EQ(refusal(folder, without), "the program bin/check was added after the rehearsal");
}

// Whatever an installation may be of was rehearsed; what is taken away needs no rehearsal.
TEST(Evidence, NamesTheSampleAndTheVersionThatWereAdded) {
    const ReleaseFolder folder;
    const Evidence evidence = folder.evidence();
    const std::string samples = "samples = { main = [\"sample.db\"";
    const auto replaced = [](std::string text, const std::string& part, const std::string& by) {
        return text.replace(text.find(part), part.size(), by);
    };
    Database(folder / "same.db", OpenMode::create)
        .run("CREATE TABLE patient(id INTEGER PRIMARY KEY, name TEXT); INSERT INTO patient VALUES (1, 'x')");
    write_file(folder / "release.toml", replaced(small_release, samples, samples + ", \"same.db\""));
    EXPECT_EQ(refusal(folder, evidence), "accepted") << "a sample of the same schema";
    Database(folder / "other.db", OpenMode::create)
        .run("CREATE TABLE patient(id INTEGER PRIMARY KEY, name TEXT, note TEXT)");
    write_file(folder / "release.toml", replaced(small_release, samples, samples + ", \"other.db\""));
    EXPECT_EQ(refusal(folder, evidence),
              "a sample of the database 'main' of version 1.0.0 with another schema "
              "was added after the rehearsal");
    const Evidence both = folder.evidence();
    write_file(folder / "release.toml", small_release);
    EXPECT_EQ(refusal(folder, both), "accepted") << "one less";

    write_file(folder / "release.toml", replaced(small_release, "[[previous]]",
                                                 "[[previous]]\nversion = \"0.9.0\"\ncode = \"app-1.0.0\"\n"
                                                 "samples = { main = [\"sample.db\"] }\n[[previous]]"));
    EXPECT_EQ(refusal(folder, evidence), "the previous version 0.9.0 was added after the rehearsal");
}

TEST(Evidence, NamesWhatWasNotRehearsed) {
    const ReleaseFolder folder;
    change_release(folder, "platforms = [\"field\"]\n");
    EXPECT_EQ(refusal(folder, folder.evidence()), "accepted"); // no script is for one platform
    write_file(folder / "migrations/1.1.0/field.sql", "SELECT 1;\n");
    Evidence evidence = folder.evidence();
    EXPECT_EQ(refusal(folder, evidence), "the platform 'field' was not rehearsed");
    evidence.schemas = {{"field", {}}};
    EXPECT_EQ(refusal(folder, evidence), "the database 'main' was not rehearsed");
    evidence.version = "1.0.9";
    EXPECT_EQ(refusal(folder, evidence), "it is of version 1.0.9");
}

TEST(Evidence, SaysToRehearseWhereThereIsNone) {
    const ReleaseFolder folder;
    try {
        read_evidence(folder.release());
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::wrong_usage);
        EXPECT_NE(error.advice().find("lockstep rehearse"), std::string::npos);
    }
    write_file(folder / "rehearsal.json", "{\"product\": 7}");
    EXPECT_THROW(read_evidence(folder.release()), Error);
}

} // namespace
} // namespace lockstep
