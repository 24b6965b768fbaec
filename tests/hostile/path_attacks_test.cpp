// Paths that lead out of the install root, or that some platform takes for another one: refused wherever a
// manifest can name a path, and as a name in the payload archive, though a trusted key signed them.
#include "payload/digest.h"
#include "payload/path_rules.h"
#include "tests/hostile/bounds.h"
#include "tests/support/sweep.h"
#include "tests/support/tar.h"

#include <functional>

namespace lockstep {
namespace {

using Json = nlohmann::json;

// Each with what the message says of it.
const std::vector<std::pair<std::string, std::string>>& hostile_paths() {
    static const std::vector<std::pair<std::string, std::string>> paths{
        {"../evil", "has the part '..'"},
        {"lib/../../evil", "has the part '..'"},
        {"lib/..", "has the part '..'"},
        {"./evil", "has the part '.'"},
        {"/etc/evil", "is absolute or has an empty part"},
        {"//server/share/evil", "is absolute or has an empty part"},
        {"lib//evil", "is absolute or has an empty part"},
        {"lib/", "is absolute or has an empty part"},
        {"", "is empty"},
        {"C:/evil", "has a character that Windows doesn't allow in names, ':'"},
        {"C:evil", "has a character that Windows doesn't allow in names, ':'"},
        {"..\\evil", "has a character that Windows doesn't allow in names, '\\'"},
        {"\\\\?\\C:\\evil", "has a character that Windows doesn't allow in names"},
        {"lib\\evil", "has a character that Windows doesn't allow in names, '\\'"},
        {"app:stream", "has a character that Windows doesn't allow in names, ':'"},
        {"lib./evil", "has a part that ends with a dot or a space"},
        {"evil.", "has a part that ends with a dot or a space"},
        {"evil ", "has a part that ends with a dot or a space"},
        {".. /evil", "has a part that ends with a dot or a space"},
        {"evil\r", "has a control character"},
        {"evil\x1b[2J", "has a control character"},
        {std::string("lib/evil\0.txt", 13), "has a control character"},
        {"CON", "has a part that Windows keeps for a device"},
        {"lib/nul.txt", "has a part that Windows keeps for a device"},
        {"Aux/evil", "has a part that Windows keeps for a device"},
        {"COM1.log", "has a part that Windows keeps for a device"},
        {"lpt\u00b3", "has a part that Windows keeps for a device"},
        {"CONIN$", "has a part that Windows keeps for a device"},
        {".lockstep/ledger.db", "lies in '.lockstep', which is the updater's own"},
        {".LOCKSTEP/trust/trust.json", "lies in '.lockstep', which is the updater's own"},
        {".loc\u212astep/update", "lies in '.lockstep', which is the updater's own"},
        {"lib/" + std::string(256, 'x'), "has a part longer than 255 bytes"},
    };
    return paths;
}

// The places in a manifest that name a path.
const std::vector<std::pair<std::string, std::function<void(Json&, const std::string&)>>>& places() {
    static const std::vector<std::pair<std::string, std::function<void(Json&, const std::string&)>>> all{
        {"target", [](Json& json, const std::string& path) { json["target"]["files"][0]["path"] = path; }},
        {"from", [](Json& json, const std::string& path) { json["from"][0]["files"][0]["path"] = path; }},
        {"defaults", [](Json& json, const std::string& path) { json["defaults"][0]["path"] = path; }},
        {"database", [](Json& json, const std::string& path) { json["databases"][0]["path"] = path; }},
    };
    return all;
}

TEST(PathAttacks, NoManifestLeadsOutOfTheRoot) {
    const SmallRelease small;
    const BundleParts genuine(small.bundle());
    SweepCount count("hostile path in a manifest");
    for (const auto& [place, put] : places())
        for (const auto& [path, words] : hostile_paths()) {
            SCOPED_TRACE(place + ": " + path);
            BundleParts parts = genuine;
            parts.change([&, &put_path = put, &hostile = path](Json& json) { put_path(json, hostile); });
            small.expect_refused_signed(parts, words);
            count.tried();
        }
    EXPECT_GE(count.points(), 120);
    small.expect_still_updates();
}

// An entry point that the release doesn't have: the gate would be put where no file of the release is.
TEST(PathAttacks, NoEntryPointLiesElsewhere) {
    const SmallRelease small;
    const BundleParts genuine(small.bundle());
    SweepCount count("hostile entry point");
    for (const auto& [path, words] : hostile_paths()) {
        SCOPED_TRACE(path);
        BundleParts parts = genuine;
        parts.change([&hostile = path](Json& json) {
            json["target"]["entry_points"] = {hostile};
            json["gate_sha256"] = sha256("gate");
        });
        small.expect_refused_signed(parts, "is no file of version 1.1.0");
        count.tried();
    }
    EXPECT_GE(count.points(), 30);
}

// Two names that are one file where case is ignored, or Unicode normalised.
TEST(PathAttacks, NoTwoPathsAreOneFile) {
    const SmallRelease small;
    const BundleParts genuine(small.bundle());
    SweepCount count("two paths that are one");
    const std::vector<std::pair<std::string, std::string>> pairs{
        {"README", "readme"},
        {"Lib2/a", "lib2/b"},
        {"stra\u00dfe", "STRASSE"},
        {"\u00e9", "e\u0301"},
        {"\u00c9", "e\u0301"},
        {"x", "x/y"},
        {"\u212bngstr\u00f6m", "\u00e5ngstr\u00f6m"},
        {"ligature \ufb01", "ligature fi"},
        {"soft\u00adhyphen", "softhyphen"},
    };
    for (const auto& [one, other] : pairs)
        for (const char* revision : {"target", "from"}) {
            SCOPED_TRACE(one + " and " + other);
            BundleParts parts = genuine;
            parts.change([&revision, &first = one, &second = other](Json& json) {
                Json& files = (revision == std::string("from") ? json["from"][0] : json["target"])["files"];
                for (const std::string& path : {first, second}) {
                    files.push_back(files[0]);
                    files.back()["path"] = path;
                }
                std::sort(files.begin(), files.end(),
                          [](const Json& a, const Json& b) { return a["path"] < b["path"]; });
            });
            small.expect_refused_signed(parts, "would be one on some file systems");
            count.tried();
        }
    // A file, a preserved one and a database in each other's place.
    for (const char* path : {"APP", "Data/Register.DB", "data"})
        for (const char* place : {"defaults", "database"}) {
            SCOPED_TRACE(std::string(place) + " " + path);
            BundleParts parts = genuine;
            parts.change([&](Json& json) {
                Json& list = place == std::string("defaults") ? json["defaults"] : json["databases"];
                if (list.size() == 1 && place == std::string("database")) list[0]["path"] = "lib/added.txt";
                if (place == std::string("defaults")) list[0]["path"] = path;
            });
            small.expect_refused_signed(parts, "would be one on some file systems");
            count.tried();
        }
    EXPECT_GE(count.points(), 20);
    small.expect_still_updates();
}

// The archive's own names mean nothing but "blobs/HASH": whatever else stands there is no blob.
TEST(PathAttacks, NoNameInTheArchiveLeadsAnywhere) {
    const SmallRelease small;
    const BundleParts genuine(small.bundle());
    const std::string tar = unpacked_tar(genuine);
    SweepCount count("hostile name in the archive");
    for (const auto& [path, words] : hostile_paths()) {
        static_cast<void>(words);
        for (const std::string& name : {path, "blobs/" + path}) {
            const std::string plain = name.substr(0, name.find('\0'));
            if (plain.size() > 100) continue; // a name of a ustar header
            SCOPED_TRACE(plain);
            BundleParts parts = genuine;
            parts.put_payload(zstd_frame(tar_entry(plain, '0', "evil") + tar));
            small.expect_refused_signed(parts, "Could not unpack");
            parts.put_payload(zstd_frame(tar_entry("pax", 'x', pax_record("path", name)) +
                                         tar_entry("x", '0', "evil") + tar));
            small.expect_refused_signed(parts, "Could not unpack");
            count.tried(), count.tried();
        }
    }
    EXPECT_GE(count.points(), 110);
    small.expect_still_updates();
}

} // namespace
} // namespace lockstep
