"""Words that invented film titles and people are made of; no title is meant to be a real film's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What titles of one genre are made of; in a form, each word in braces is replaced by one from its list."""

    adjective: tuple[str, ...]
    thing: tuple[str, ...]
    who: tuple[str, ...]
    forms: tuple[str, ...]


def word_list(text: str) -> list[str]:
    """The words between bars."""
    return text.split("|")


NAMES = word_list(
    "Ottoline|Ambrose|Marguerite|Bartholomew|Clementine|Ignatius|Philippa|Lazlo|Henrietta|Casimir|Odette|Thaddeus|"
    "Winifred|Leopold|Araminta|Florian|Josephine|Cornelius|Isolde|Benedikt|Rosalind|Emeric|Tabitha|Anselm|Beatrix|"
    "Lucian|Seraphina|Horatio|Minerva|Edmund|Calliope|Ferdinand|Delphine|Rufus|Eulalia|Magnus|Perpetua|Silas|Imogen"
)
SURNAMES = word_list(
    "Quill|Marchbanks|Vesper|Thistlewood|Pemberley|Hargreave|Lindqvist|Okonkwo|Castellane|Drummond|Fairweather|"
    "Moreau|Nightingale|Abernathy|Kowalczyk|Belmonte|Ravenscroft|Tanaka|Winterbourne|Osgood|Fitzgibbon|Delacroix|"
    "Halloran|Sorensen|Blackwood|Montague|Petrakis|Underhill|Varga|Whitlock"
)
PLACES = word_list(
    "Saltmarsh|Brindle Bay|Port Vesper|Lantern Street|Marrowfield|Kingfisher Lane|Cape Sorrow|Willow Junction|"
    "Tamarind Hill|Old Harbour|Juniper Ridge|Cobblers Row|Lake Evensong|Thornbury|Pelican Point|Amberley|"
    "Drizzle Square|Hollow Creek|Bellweather|Foxglove Court|St. Elmo's Landing|Magpie Wharf|Vellamo|Kirkadie|"
    "Sable Island|Number Nine Mulberry|Rookwood|Almond Court|Perdition Gulch|Montebrava|Seven Wells|Orchard End"
)
TIMES = word_list(
    "Midnight|Dawn|Michaelmas|the Equinox|Low Tide|First Snow|Four O'Clock|the Eleventh Hour|Harvest Time|"
    "Candlemas|Closing Time|Half Past Nine|the Last Bell|High Water"
)
OCCUPATIONS = word_list(
    "student|engineer|teacher|writer|nurse|librarian|programmer|retired|artist|baker|gardener|lawyer|scientist|"
    "electrician|salesperson|musician|physician|bus driver|homemaker|other"
)
NUMBERS = word_list("Two|Three|Four|Five|Six|Seven|Eight|Nine|Eleven|Twelve|Thirteen|Forty")


def _words(adjective: str, thing: str, who: str, forms: str) -> Words:
    return Words(*(tuple(word_list(text)) for text in (adjective, thing, who, forms)))


WORDS: dict[str, Words] = {
    "Action": _words(
        "Burning|Reckless|Armoured|Runaway|Iron|Final|Blazing|Full-Throttle|Unarmed|Hostile|Red-Hot|Double",
        "Fuse|Convoy|Payload|Perimeter|Crossfire|Overdrive|Backlash|Ricochet|Detonator|Gauntlet|Pursuit|Overpass",
        "Courier|Bodyguard|Stuntman|Demolition Man's Daughter|Getaway Driver|Rookie|Night Pilot|Locksmith",
        "{adjective} {thing}|{thing} at {time}|The {adjective} {who}|No Brakes to {place}|{surname}'s {thing}|"
        "{number} Floors of {thing}|{number} Seconds to {place}|{thing}: {place}|Terminal {thing}|"
        "Shoot Straight, {name}",
    ),
    "Adventure": _words(
        "Lost|Emerald|Uncharted|Sunken|Forbidden|Golden|Faraway|Drifting|Windward|Painted|Southern|Hidden",
        "Compass|Archipelago|Expedition|Caravan|Lighthouse|Monsoon|Atlas|Galleon|Plateau|Waterfall|Idol|Passage",
        "Cartographer|Stowaway|Balloonist|Pearl Diver|Mountaineer|Castaway|Sea Captain|Mapmaker's Niece",
        "The {adjective} {thing}|The {thing} of {place}|{name} and the {adjective} {thing}|Beyond {place}|"
        "{number} Days to {place}|The {who} of {place}|{surname}'s {thing}|Voyage of the {adjective} {who}|"
        "Up the River to {place}|The {thing} and the {who}",
    ),
    "Animation": _words(
        "Tiny|Clockwork|Whistling|Marmalade|Paper|Velvet|Bouncing|Sleepy|Polka-Dot|Wandering|Upside-Down|Button",
        "Robin|Umbrella|Snowman|Teapot|Comet|Hedgehog|Balloon|Biscuit|Lantern|Turnip|Kite|Accordion",
        "Otter|Penguin Postman|Little Cloud|Toymaker|Badger|Moon Mouse|Paper Boy|Goose",
        "The {adjective} {thing}|{name} the {adjective} {who}|The {who} Who Found a {thing}|{thing} Town|"
        "The {thing} and the {who}|A {thing} for {name}|{number} {adjective} Otters|The {who} of {place}|"
        "{name} and the {adjective} {thing}|Goodnight, {adjective} {thing}",
    ),
    "Children's": _words(
        "Muddy|Secret|Invisible|Wobbly|Gingerbread|Rainy-Day|Very Small|Borrowed|Cardboard|Homesick|Magic|Lucky",
        "Treehouse|Pony|Picnic|Bicycle|Sandcastle|Submarine|Wishing Well|Puddle|Birthday|Pirate Ship|Dragonfly|Den",
        "Babysitter|Grandpa|Lost Dog|New Girl|Piano Teacher|Best Friend|School Cook|Lollipop Lady",
        "{name} and the {adjective} {thing}|The {adjective} {thing}|My {who} Is from {place}|The {who}'s {thing}|"
        "Summer of the {adjective} {thing}|Hurry Up, {name}!|The {thing} Club of {place}|{name}'s {adjective} {thing}|"
        "How to Feed a {adjective} {who}|The {thing} at Number {number}",
    ),
    "Comedy": _words(
        "Awkward|Perfectly Good|Improbable|Second-Best|Slightly Married|Overdressed|Unpaid|Spare|Hasty|Polite",
        "Wedding|Casserole|Alibi|Grandmother|Promotion|Honeymoon|Sofa|Reunion|Lasagne|Raffle|Moustache|Caravan",
        "Plumber|Vicar|Bridegroom|Weatherman|Dentist|Landlady|Best Man|Trombonist|Undertaker|Traffic Warden",
        "The {adjective} {thing}|Never Marry a {who}|{name} Takes the {thing}|Too Many {whos}|My {adjective} {thing}|"
        "The {who} of {place}|Whose {thing} Is This?|{number} {whos} and a {thing}|Meet the {surnames}|"
        "{thing} for {number}|Pardon My {thing}|A {who} in {place}|The {adjective} {who}|Not in My {thing}|"
        "The Great {place} {thing}|Cousin {name}'s {adjective} {thing}|Is There a {who} in {place}?|"
        "{surname} Versus {surname}|The {who}, the {thing} and {name}|Everyone Loves a {who}|Sorry, {surname}|"
        "{name} Gets the {adjective} {thing}|A {adjective} {thing} for {name}|Last {thing} before {place}|"
        "Who Invited the {who}?|{number} {adjective} {things}",
    ),
    "Crime": _words(
        "Crooked|Unmarked|Quiet|Dirty|Borrowed|Cold|Untraceable|Small-Time|Clean|Stolen|Broken|Counterfeit",
        "Ledger|Getaway|Confession|Heist|Safe|Witness|Alibi|Jackpot|Bagman|Syndicate|Loan|Fingerprint",
        "Fence|Forger|Bookkeeper|Safecracker|Informer|Bail Bondsman|Pickpocket|Enforcer",
        "The {place} Job|{adjective} {thing}|The {who}'s {thing}|{surname} Pays Back|One {thing} Too Many|"
        "The {surname} Brothers|{number} Ways Out of {place}|A {adjective} {thing}|{thing} on {place}|"
        "The {who} and the {thing}|Nobody Robs {name}",
    ),
    "Documentary": _words(
        "Slow|Hidden|Last|Ordinary|Vanishing|Long|Working|Silent|Common|Unfinished|Northern|Open",
        "Harvest|Glacier|Orchestra|Ferry|Factory|Bees|Marathon|Archive|Allotment|Subway|Lighthouse Keepers|Choir",
        "Beekeeper|Organ Builder|Signalman|Ferryman|Midwife|Chess Master|Night Nurse|Boxer",
        "The {adjective} {thing}|{place}: A Portrait|{adjective} {thing}|A Year in {place}|The {who} of {place}|"
        "{name} {surname}: In Her Own Words|The {thing} of {place}|{number} {whos}|What the {who} Saw|"
        "Where the {thing} Goes",
    ),
    "Drama": _words(
        "Quiet|Unspoken|Borrowed|Distant|Tender|Broken|Ordinary|Winter|Fading|Inherited|Gentle|Patient",
        "Letters|Orchard|Inheritance|Silence|Daughters|Piano|Homecoming|Mercy|Threshold|Gravity|Kitchen|Promises",
        "Understudy|Widower|Lamplighter|Violinist|Schoolmaster|Ferryman's Wife|Seamstress|Translator",
        "The {adjective} {thing}|{adjective} {thing}|The {who} of {place}|What {name} Knew|{thing} from {place}|"
        "The {thing} of {name} {surname}|After {place}|The {who}'s {thing}|"
        "A {adjective} Season|The {surname} House|Leaving {place}|The {thing} at {place}|{name} and {name}|"
        "A {thing} for {name}|My Mother's {thing}|The Year of the {thing}|Nothing Grows in {place}|"
        "The Last {who} of {place}|{surname} and Daughter|{number} Winters in {place}|Bring {name} Home|"
        "When {name} Came Back|The Weight of the {thing}|Somewhere near {place}|"
        "The {who} and the {thing}|Tell {name} about {place}",
    ),
    "Fantasy": _words(
        "Enchanted|Moonlit|Seventh|Crystal|Whispering|Thorned|Silver|Starless|Ember|Winged|Hollow|Glass",
        "Crown|Griffin|Spellbook|Orchard|Gate|Mirror|Oath|Tower|Unicorn|Prophecy|Sceptre|Willow",
        "Hedge Witch|Changeling|Apprentice|Goblin Prince|Moonkeeper|Weaver|Stone Giant|Oracle",
        "The {adjective} {thing}|The {who} of {place}|{name} and the {adjective} {thing}|The {thing} of {name}|"
        "Song of the {adjective} {thing}|The {who}'s {thing}|Daughter of the {adjective} {thing}|"
        "The {number} {things}|Beyond the {adjective} {thing}|{place} Rising",
    ),
    "Film-Noir": _words(
        "Black|Rain-Soaked|Crooked|Smoke-Filled|Bitter|Midnight|Faithless|Dim|Lonely|Deadly|Tarnished|Cold",
        "Alley|Cigarette|Staircase|Perfume|Shadow|Telegram|Streetlamp|Ashtray|Gardenia|Lipstick|Overcoat|Lullaby",
        "Blonde|Night Clerk|Stranger|Gambler|Coroner|Cigarette Girl|Private Eye|Widow",
        "{adjective} {thing}|The {who} Wore Black|Nobody Leaves {place}|The {adjective} {who}|{thing} in the Rain|"
        "So Long, {surname}|Dead by {time}|The {who} from {place}|Murder, Said {name}|Goodbye to {place}|"
        "The {thing} of {name} {surname}",
    ),
    "Horror": _words(
        "Rotting|Pale|Crawling|Hungry|Bloodless|Whispering|Buried|Sleepless|Unholy|Weeping|Moulting|Nameless",
        "Cellar|Scarecrow|Nursery|Well|Mirror|Doll|Larder|Attic|Choir|Wallpaper|Harvest|Lodger",
        "Mortician|Twin Sister|Governess|Bell Ringer|Taxidermist|Caretaker|Night Guest|Sexton",
        "The {adjective} {thing}|The {thing} in the {thing}|{place} Never Sleeps|Don't Wake {name}|"
        "The {who} of {place}|It Came from {place}|{name} Is Downstairs|The {who}'s {thing}|"
        "Curse of the {adjective} {thing}|{number} Nights at {place}|Feed the {thing}",
    ),
    "Musical": _words(
        "Dancing|Sparkling|Ragtime|Swinging|Velvet|Moonlight|Tap-Happy|Starry|Off-Key|Broadway|Syncopated|Golden",
        "Slippers|Serenade|Chorus|Tango|Footlights|Melody|Trumpet|Encore|Ballroom|Rhapsody|Carousel|Top Hat",
        "Crooner|Chorus Girl|Bandleader|Dance Teacher|Understudy|Songwriter|Soprano|Piano Tuner",
        "{adjective} {thing}|{thing} in {place}|The {who} of {place}|Sing, {name}, Sing|{name} on {place}|"
        "The {adjective} {thing}|Let's Dance to {place}|{number} Steps to {place}|The {who}'s {thing}|"
        "Strike Up the {thing}",
    ),
    "Mystery": _words(
        "Missing|Locked|Sealed|Unsigned|Thirteenth|Vanishing|Silent|Forgotten|Absent|Purple|Torn|Other",
        "Key|Portrait|Will|Manuscript|Teacup|Signature|Photograph|Corridor|Guest|Clue|Pocket Watch|Codicil",
        "Librarian|Inspector|Butler|Clairvoyant|Antiquarian|Botanist|Governess|Chess Player",
        "The {adjective} {thing}|The {thing} at {place}|Inspector {surname} and the {adjective} {thing}|"
        "Who Poisoned {name}?|The {who} Vanishes|A {thing} in {place}|Murder at {place}|The {surname} {thing}|"
        "{number} Suspects|The {who}'s {thing}|Death of a {who}",
    ),
    "Romance": _words(
        "Stolen|Second|Autumn|Secret|Hopeless|Parisian|Summer|Late|Unsent|Foolish|Sweet|Long-Distance",
        "Kiss|Bouquet|Valentine|Waltz|Postcard|Rumour|Balcony|Heart|Sunday|Proposal|Love Letter|Goodbye",
        "Florist|Bookseller|Baker's Son|Pianist|Stranger|Lighthouse Girl|Matchmaker|Gardener",
        "A {adjective} {thing}|Meet Me in {place}|Loving {name}|{adjective} {things}|The {who} of {place}|"
        "{name} and the {who}|One {thing} in {place}|Kiss Me, {surname}|Dear {name}|The {who}'s {thing}|"
        "Until {place}|{thing} at {time}|Falling for {name}",
    ),
    "Sci-Fi": _words(
        "Orbital|Silent|Second|Synthetic|Frozen|Parallel|Lunar|Distant|Quantum|Artificial|Drifting|Zero",
        "Signal|Colony|Horizon|Android|Paradox|Nebula|Reactor|Memory|Satellite|Eclipse|Threshold|Observatory",
        "Clone|Astronomer|Last Engineer|Cosmonaut|Time Clerk|Robot's Wife|Navigator|Terraformer",
        "The {adjective} {thing}|{adjective} {thing}|{thing} {number}|The {who} of {thing} {number}|"
        "Return to {thing} {number}|{name}'s {thing}|The {thing} Beyond|Planet {surname}|The {who} of Planet {surname}|"
        "{number} Moons over {place}|The {thing} Paradox|Do Clones Remember {place}?",
    ),
    "Thriller": _words(
        "Silent|Lethal|False|Blind|Perfect|Sudden|Hidden|Unseen|Parallel|Narrow|Broken|Final",
        "Witness|Signal|Motive|Frequency|Hostage|Deadline|Identity|Elevator|Passenger|Cipher|Verdict|Blackout",
        "Sleeper|Negotiator|Interpreter|Neighbour|Surgeon|Double Agent|Night Nurse|Juror",
        "{adjective} {thing}|The {adjective} {thing}|The {who} of {place}|{thing} at {time}|The {place} {thing}|"
        "Nobody Calls {name}|The {who}'s {thing}|{number} Minutes to {time}|Without a {thing}|Trust {surname}|"
        "The {surname} {thing}|Last Call from {place}",
    ),
    "War": _words(
        "Forgotten|Muddy|Northern|Wooden|Last|Distant|Broken|Winter|Scarlet|Burning|Long|Silent",
        "Bridge|Regiment|Trench|Armistice|Bugle|Battalion|Furlough|Convoy|Frontier|Barricade|Dispatch|Garrison",
        "Sergeant|Medic|Deserter|Drummer|Radio Operator|Sapper|Nurse|Colonel's Driver",
        "The {adjective} {thing}|The {thing} at {place}|{number} Days in {place}|The {who} of {place}|"
        "The Road to {place}|{surname}'s {thing}|A {who} Comes Home|The {adjective} {who}|{thing} before {time}|"
        "Letters to a {who}|The Siege of {place}",
    ),
    "Western": _words(
        "Dusty|Crooked|Lonesome|Silver|Rusty|Six-Gun|Sundown|Bitter|Wild|Coyote|Nameless|Hard",
        "Saddle|Stagecoach|Canyon|Rifle|Spur|Corral|Noose|Prairie|Wagon|Bounty|Saloon|Mesa",
        "Marshal|Drifter|Gunsmith|Preacher|Undertaker|Horse Trader|Schoolmarm|Outlaw",
        "The {adjective} {thing}|{thing} at {place}|{number} Riders to {place}|The {who} of {place}|"
        "A Noose for {surname}|{surname} Rides Alone|Dust over {place}|The {who}'s {thing}|"
        "Sundown in {place}|{adjective} {who}|The {thing} and the {who}",
    ),
}
