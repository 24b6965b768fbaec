// The messages in each language: none is missing, and each says as much as the others.
#include "payload/error.h"
#include "payload/estimate.h"
#include "payload/language.h"
#include "updater/process.h"
#include "updater/progress.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace lockstep {
namespace {

constexpr std::array all_languages{Language::english, Language::french, Language::spanish};

std::set<std::string> places_in(std::string_view text) {
    static const std::regex place(R"(\{[^}]*\}?)");
    const std::string all(text);
    std::set<std::string> places;
    for (std::sregex_iterator each(all.begin(), all.end(), place), end; each != end; ++each)
        places.insert(each->str());
    return places;
}

class Spoken : public testing::Test {
  protected:
    ~Spoken() override { speak(Language::english); }
};

TEST_F(Spoken, NoMessageIsMissingAndEachHasTheSamePlaces) {
    for (std::size_t number = 0; number < message_count; ++number) {
        const auto message = static_cast<Message>(number);
        const auto places = places_in(text_of(message, Language::english));
        for (const Language language : all_languages) {
            const std::string_view text = text_of(message, language);
            EXPECT_FALSE(text.empty()) << number;
            EXPECT_EQ(places_in(text), places) << text;
        }
        for (const std::string& place : places)
            EXPECT_TRUE(place == "{1}" || place == "{2}" || place == "{3}");
    }
}

TEST_F(Spoken, EachExitCodeHasItsThreeSentencesInEachLanguage) {
    for (const Code code :
         {Code::ok, Code::internal_error, Code::wrong_usage, Code::tidying_waits, Code::not_recognised,
          Code::not_trusted, Code::no_room_or_right, Code::busy, Code::migration_failed,
          Code::verification_failed, Code::health_failed, Code::swap_rolled_back, Code::live_damaged,
          Code::needs_person, Code::cancelled}) {
        const CodeMeaning& meaning = meaning_of(code);
        EXPECT_EQ(meaning.code, code);
        for (const Message message : {meaning.happened, meaning.data, meaning.advice}) {
            std::set<std::string_view> said;
            for (const Language language : all_languages) {
                const std::string_view text = text_of(message, language);
                EXPECT_TRUE(text.ends_with('.')) << text;
                EXPECT_EQ(places_in(text), std::set<std::string>{}) << text;
                said.insert(text);
            }
            EXPECT_EQ(said.size(), languages) << "one was not translated: " << *said.begin();
        }
    }
}

TEST_F(Spoken, AnErrorAdvisesInTheLanguage) {
    speak(Language::french);
    EXPECT_EQ(Error(Code::busy, "begin in", "/opt/clinic", "it is open").advice(),
              "Fermez l'application partout, puis réessayez.");
    EXPECT_EQ(phase_words("back up"), "Sauvegarde de vos données");
    speak(Language::spanish);
    EXPECT_EQ(say(meaning_of(Code::migration_failed).happened), "No se pudieron convertir sus datos.");
    EXPECT_EQ(phase_words("a phase of another engine"), "a phase of another engine");
}

TEST_F(Spoken, PartsStandWhereTheyBelongAndAreLeftAsTheyAre) {
    EXPECT_EQ(say(Message::updated, {"{3}", "1", "2"}),
              "{3} was updated from version 1 to 2. All records are kept, and so is the version before.");
}

TEST_F(Spoken, EstimatesFollowTheLanguagesNumbers) {
    speak(Language::french);
    EXPECT_EQ(sentence_of({240, 0, 1'234'567, {}}), "environ 4 minutes pour 1,2 million d'enregistrements");
    EXPECT_EQ(rough_rows(2'500'000), "2,5 millions d'enregistrements");
    EXPECT_EQ(rough_rows(12'345), "12\u00a0345 enregistrements");
    speak(Language::spanish);
    EXPECT_EQ(sentence_of({0.4, 0, 12'345, {}}), "menos de un segundo para 12.345 registros");
    EXPECT_EQ(rough_duration(3600 * 2), "alrededor de 2 horas");
}

TEST_F(Spoken, IsChosenByTheNameOfALocale) {
    for (const char* const french : {"fr", "fr_FR.UTF-8", "fr-CA", "fr_BE@euro"})
        EXPECT_EQ(language_of(french), Language::french) << french;
    for (const char* const spanish : {"es_ES.UTF-8", "es-419", "es"})
        EXPECT_EQ(language_of(spanish), Language::spanish) << spanish;
    for (const char* const other : {"", "C", "POSIX", "C.UTF-8", "en_GB", "est_EE", "fry_NL", "de_DE"})
        EXPECT_EQ(language_of(other), Language::english) << other;
}

} // namespace
} // namespace lockstep
