// What a release let go is said with its count, in each language.
#include "payload/language.h"
#include "updater/let_go.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

using What = AllowedLoss::What;

TEST(LetGo, IsSaidWithItsCountInEachLanguage) {
    const std::vector<AllowedLoss> let_go{
        {What::rows, "log", 1}, {What::table, "room", 1204}, {What::column, "person.note", 1}};
    EXPECT_EQ(updated_but("clinic", "1", "2", let_go, "/b"),
              "clinic was updated from version 1 to 2. All records are kept, except 1 row of log, the table "
              "room (1,204 rows), the column person.note (1 value), as the release says; the backup in /b "
              "still has it.");
    speak(Language::french);
    EXPECT_EQ(updated_but("clinic", "1", "2", {let_go[0]}, "/b"),
              "clinic a été mis à jour de la version 1 à la version 2. Tous les enregistrements sont "
              "conservés, sauf 1 enregistrement de log, comme le prévoit cette version ; la sauvegarde dans "
              "/b a encore tout.");
    speak(Language::spanish);
    EXPECT_EQ(updated_but("clinic", "1", "2", {let_go[0]}, "/b"),
              "clinic se actualizó de la versión 1 a la 2. Se conservan todos los registros, excepto 1 "
              "registro de log, como lo indica esta versión; la copia de seguridad en /b todavía lo tiene.");
    speak(Language::english);
}

TEST(LetGo, NamesTenAndCountsTheRest) {
    const std::vector<AllowedLoss> let_go(12, {What::rows, "log", 2});
    const std::string said = updated_but("clinic", "1", "2", let_go, "/b");
    EXPECT_NE(said.find("2 rows of log, and 2 more, as the release says"), std::string::npos) << said;
}

} // namespace
} // namespace lockstep
