// A person is spoken to in their own language, by the variables that POSIX names; a program is not.
#include "tests/support/attempt.h"
#include "tests/support/releases.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using Json = nlohmann::json;

class Languages : public testing::Test {
  protected:
    Ran apply(const std::string& bundle, const std::map<std::string, std::string>& variables,
              const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{built("update"),      "--root", root_, "--bundle", bundle, "--trust",
                                       workshop_ / "key.pub"};
        words.insert(words.end(), more.begin(), more.end());
        return run(words, {}, variables);
    }
    // Its rehearsal succeeds: the samples have fewer people than the installation.
    std::string failing_bundle() {
        const std::string script = workshop_ / "migrations/1.1.0/all.sql";
        write_file(script,
                   read_file(script) + "SELECT require(count(*) < 40, 'too many people') FROM person;\n");
        return workshop_.bundle(workshop_ / "release-1.1.0.toml");
    }
    Workshop workshop_;
    std::string root_ = workshop_.install("field");
};

const std::map<std::string, std::string> french{{"LC_ALL", "fr_FR.UTF-8"}, {"LANG", "es_ES.UTF-8"}};
const std::map<std::string, std::string> spanish{
    {"LC_ALL", ""}, {"LC_MESSAGES", ""}, {"LANG", "es_ES.UTF-8"}};

TEST_F(Languages, AnUpdateIsToldInFrenchAndInSpanish) {
    const std::string bundle = workshop_.bundle(workshop_ / "release-1.1.0.toml");
    const Ran checked = apply(bundle, spanish, {"check"});
    EXPECT_EQ(checked.code, 0) << checked.err;
    expect_says(checked.out, "La actualización de register de la versión 1.0.0 a la 1.1.0 tendría éxito. "
                             "No se cambió nada.\n  ejecutaría 1.1.0/all.sql\n");
    expect_says(checked.err, "Haciendo una copia de seguridad de sus datos…\n");

    const Ran applied = apply(bundle, french);
    EXPECT_EQ(applied.code, 0) << applied.err;
    EXPECT_EQ(applied.out,
              "register a été mis à jour de la version 1.0.0 à la version 1.1.0. Tous les enregistrements "
              "sont conservés, et la version précédente aussi.\n");
    expect_says(applied.err, "Mise à jour d'une copie de vos données…\n");

    const Ran back = run({built("update"), "--root", root_, "rollback"}, {}, spanish);
    EXPECT_EQ(back.code, 0) << back.err;
    EXPECT_EQ(back.out, "register volvió de la versión 1.1.0 a la 1.0.0. No se había escrito nada desde la "
                        "actualización: los datos son exactamente los de antes, byte por byte.\n");
}

TEST_F(Languages, AFailureSaysWhatHappenedWhatItMeansAndWhatToDo) {
    const std::string bundle = failing_bundle();
    const Tree before = tree_of(root_);
    const Ran failed = apply(bundle, french);
    EXPECT_EQ(failed.code, 20) << failed.err;
    expect_says(failed.err, "Vos données n'ont pas pu être converties.\n");
    expect_says(failed.err, "1.1.0/all.sql");
    expect_says(failed.err, "too many people, in: SELECT");
    expect_says(failed.err, "Vos données et l'application sont exactement comme avant.\n"
                            "Continuez à travailler avec l'ancienne version, et envoyez ce message à la "
                            "personne qui a préparé la mise à jour.\n");
    const Ran again = apply(bundle, spanish);
    EXPECT_EQ(again.code, 20) << again.err;
    expect_says(again.err, "No se pudieron convertir sus datos.\n");
    expect_says(again.err, "Sus datos y la aplicación están exactamente como antes.\n");
    EXPECT_EQ(differences(before, tree_of(root_)), "");
}

TEST_F(Languages, AProgramReadsTheSameWords) {
    const std::string bundle = failing_bundle();
    const Json object = Json::parse(apply(bundle, spanish, {"--json", "--silent"}).out);
    EXPECT_EQ(object["outcome"], "migration-failed");
    EXPECT_EQ(object["code"], 20);
    EXPECT_EQ(object["phases"][0]["name"], "lock");
    expect_says(object["message"], "No se pudieron convertir sus datos. Could not run");
    EXPECT_EQ(object["advice"],
              "Siga trabajando con la versión anterior y envíe este mensaje a quien preparó "
              "la actualización.");
}

TEST_F(Languages, IsEnglishForCAndForAnyOther) {
    const std::string bundle = failing_bundle();
    for (const std::string locale : {"C", "POSIX", "C.UTF-8", "en_GB.UTF-8", "de_DE.UTF-8"}) {
        const Ran failed = apply(bundle, {{"LC_ALL", locale}, {"LANG", "fr_FR.UTF-8"}});
        EXPECT_EQ(failed.code, 20) << failed.err;
        expect_says(failed.err, "Your data could not be converted.\n");
    }
}

} // namespace
} // namespace lockstep
