// The fingerprint of a real schema with 453 tables, from ../shared/data/eden.
#include "payload/schema.h"

#include "tests/support/run.h"
#include "tests/unit/schema_support.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace lockstep {
namespace {

class EdenSchema : public testing::Test {
  protected:
    void SetUp() override {
        if (shared_data().empty()) GTEST_SKIP() << "there is no ../shared/data, nor LOCKSTEP_SHARED";
    }

    // Unpacks eden-<year>.db.zst and opens it.
    Database eden(const std::string& year) const {
        std::ifstream in(shared_data() + "/eden/eden-" + year + ".db.zst", std::ios::binary);
        const std::string packed((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
        std::string content(ZSTD_getFrameContentSize(packed.data(), packed.size()), '\0');
        EXPECT_EQ(ZSTD_decompress(content.data(), content.size(), packed.data(), packed.size()),
                  content.size());
        std::ofstream(folder_.path(year + ".db"), std::ios::binary) << content;
        return {folder_.path(year + ".db"), OpenMode::read_write};
    }

    // Another installation of the same revision: every uuid column has another default.
    static void change_uuid_defaults(Database& database) {
        database.run("PRAGMA writable_schema=ON;"
                     "UPDATE sqlite_schema SET sql = replace(sql, 'urn:uuid:', 'urn:uuid:ff');"
                     "PRAGMA writable_schema=RESET");
    }

    TestFolder folder_;
};

TEST_F(EdenSchema, AnotherInstallationIsRecognisedByItsMaskedFingerprint) {
    const SchemaOptions masked{{"*.uuid"}, {}};
    Database one = eden("2021");
    const Fingerprint first = fingerprint_of(one, "main", masked);
    const Fingerprint unmasked = fingerprint_of(one, "main", {});
    change_uuid_defaults(one);
    EXPECT_EQ(schema_differences(first, fingerprint_of(one, "main", masked)), std::vector<std::string>{});
    EXPECT_EQ(fingerprint_of(one, "main", masked), first);
    EXPECT_NE(fingerprint_of(one, "main", {}), unmasked);
}

TEST_F(EdenSchema, OneChangeInHundredsOfTablesIsNamed) {
    Database one = eden("2021");
    const Fingerprint before = fingerprint_of(one, "main", {});
    one.run(
        "ALTER TABLE asset_log ADD COLUMN remark TEXT; CREATE VIEW remarks AS SELECT remark FROM asset_log");
    EXPECT_EQ(schema_differences(before, fingerprint_of(one, "main", {})),
              (std::vector<std::string>{"table asset_log is not as released",
                                        "view remarks is not part of the release"}));
}

TEST_F(EdenSchema, TwoRevisionsDifferAndNeedNothingFromTheApplication) {
    Database older = eden("2021");
    Database newer = eden("2024");
    const auto differences = schema_differences(fingerprint_of(older, "main", {{"*.uuid"}, {}}),
                                                fingerprint_of(newer, "main", {{"*.uuid"}, {}}));
    EXPECT_NE(std::ranges::find(differences, "table supply_brand is missing"), differences.end());
    EXPECT_NE(std::ranges::find(differences, "table inv_req is not part of the release"), differences.end());
    require_engine_support(older, "main");
    require_engine_support(newer, "main");
}

} // namespace
} // namespace lockstep
