"""Words for names that people can say and remember."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ADVERBS = _words(
    "barely boldly calmly clearly daily deeply early evenly fairly fondly freely gently gladly greatly hardly highly "
    "justly kindly largely lately lightly likely loosely loudly mainly mildly mostly nearly neatly nicely openly "
    "partly plainly poorly purely quickly quietly rarely readily really richly roughly safely shortly simply slowly "
    "smartly softly solidly steadily strictly strongly surely swiftly tightly truly vastly warmly widely wisely"
)
ADJECTIVES = _words(
    "able agile amber ample apt azure balmy blithe bold brave brief bright brisk broad calm candid careful clever "
    "cosy crisp curious daring deft eager early easy fair fast fine firm fleet fond frank free fresh gentle glad "
    "golden grand great handy hardy honest humble jolly keen kind large lasting light lively loyal lucid lucky mellow "
    "merry mighty mild modest neat nimble noble novel patient placid plain polite prime proud quick quiet rapid ready "
    "robust royal rustic sane serene sharp silent silver simple sincere sleek smart smooth snug solid sound stable "
    "steady stout sunny sure swift tender tidy tough tranquil true trusty upbeat valid vast vivid warm wise witty "
    "young"
)
ANIMALS = _words(
    "adder albatross alpaca ant antelope ape badger bass bat bear beaver bee beetle bison boar buffalo bullfinch "
    "camel caribou carp cat chamois cicada cobra cod condor cormorant cougar cow coyote crab crane cricket crow "
    "cuckoo deer dingo dog dolphin donkey dove dragonfly duck eagle eel egret elk emu falcon ferret finch firefly fox "
    "frog gannet gazelle gecko goat goose grouse gull hamster hare hawk hedgehog heron herring horse ibex ibis jackal "
    "jackdaw jay kestrel kite kiwi koala lark lemur leopard lion lizard llama lobster lynx magpie mallard marmot "
    "marten mole moose moth mouse mule newt nightingale ocelot octopus orca oriole oryx osprey otter owl ox oyster "
    "panda panther parrot partridge pelican penguin perch pheasant pigeon pike pony puffin puma quail rabbit raccoon "
    "raven reindeer robin rook salmon sardine seal shark sheep shrew shrimp skylark sloth snail sparrow spider squid "
    "squirrel starling stoat stork swallow swan swift tapir tern thrush tiger toad trout tuna turtle viper vole "
    "walrus warbler wasp weasel whale wolf wombat woodpecker wren yak zebra"
)
