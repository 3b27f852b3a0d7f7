/**
 * Common first names in the US, English and Spanish, lower case without accents: "not maria" names a person even in small
 * letters.
 */
export const COMMON_FIRST_NAMES: ReadonlySet<string> = new Set(
  (
    'james mary michael patricia robert jennifer john linda david elizabeth william barbara richard susan joseph jessica thomas ' +
    'sarah christopher karen charles lisa daniel nancy matthew sandra anthony betty donald ashley steven emily paul kimberly ' +
    'andrew margaret joshua donna kenneth michelle kevin carol brian amanda george melissa timothy deborah ronald stephanie ' +
    'jason rebecca edward sharon jeffrey laura ryan cynthia jacob dorothy gary amy nicholas kathleen eric angela jonathan ' +
    'shirley stephen emma larry brenda justin pamela scott nicole brandon anna benjamin samantha samuel katherine gregory ' +
    'christine alexander debra patrick rachel jack carolyn dennis janet jerry maria tyler olivia aaron heather jose helen ' +
    'adam catherine nathan diane henry julie zachary victoria douglas joyce peter lauren kyle kelly noah christina ethan ruth ' +
    'jeremy joan christian virginia walter judith keith evelyn austin hannah roger andrea terry megan sean cheryl gerald ' +
    'jacqueline carl madison dylan teresa harold abigail jordan sophia jesse martha bryan sara lawrence gloria arthur janice ' +
    'gabriel kathryn bruce ann logan isabella billy judy joe julia albert willie denise eugene wayne amber jean bob mike steve ' +
    'dave jim tom bill rob dan chris matt tony jeff ken ron tim greg doug sue debbie barb cindy kathy liz beth jen jenny kate ' +
    'katie becky vicky ricky rick dick don ed fred frank phil ralph ray roy russ sam ted vince will jake josh nick pete ' +
    'juan carlos luis jorge pedro manuel francisco antonio miguel angel rafael roberto ricardo fernando eduardo alejandro ' +
    'sergio javier raul ramon oscar ruben hector mario alberto enrique arturo victor guadalupe ana rosa carmen juana margarita ' +
    'veronica alicia leticia yolanda silvia irma norma adriana claudia gabriela alejandra lucia esperanza dolores pablo diego ' +
    'marco andres jesus ernesto felipe salvador alfredo armando gerardo lupe elena ines isabel pilar sofia valentina ximena'
  ).split(' '),
);

/** Capitalised words that often follow "I'm not" or "this isn't" and name nobody; endings like -ing and -ly are judged apart. */
export const NOT_NAMES: ReadonlySet<string> = new Set(
  (
    'a about acme all an any anyone anything april at august available bad big cool correct december done english enough even ' +
    'february fair far fine for free friday from fun funny getting going gone good great happy he here high home how i if in ' +
    'january july june just late like looking march may me mine monday more much my mad nice november now october of off ok okay ' +
    'on one only open our out quite ready real really right sad saturday september she so spam spanish stupid sunday sure that ' +
    'the their them then there they this thursday to today tomorrow too true tuesday until up urgent us very well we wednesday ' +
    'what when where who why with working worth wrong yes yet you your interested home able afraid local certain convenient ' +
    'necessary possible normal cheap clear complete concrete problem because but and not no new old over under upset us ' +
    'usd am pm covid christmas easter el la los las un una su de que dueno dueño'
  ).split(' '),
);
