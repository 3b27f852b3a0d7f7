/**
 * Which state and zones an area code or a state stands for: dated data. Numbers are portable and overlays appear every year, so that
 * these are hints, and where sources disagree the wider set stands. To change it, change the version.
 */
export const AREA_CODE_DATA = {
  version: 'nanp-2026-06',
  validFrom: '2026-06-01',
  validTo: null,
  source:
    'hearsaycorp phonenumber-util of June 2026; the prefix table of Google’s libphonenumber; lincmad.com, overlay list; of ZIP codes USPS labelling list L002',
} as const;

export interface AreaCodePlace {
  readonly state: string;
  /** IANA names. */
  readonly zones: readonly string[];
}

const EASTERN = 'America/New_York';
const CENTRAL = 'America/Chicago';
const MOUNTAIN = 'America/Denver';
const PACIFIC = 'America/Los_Angeles';
const ARIZONA = 'America/Phoenix';
const ALASKA = 'America/Anchorage';
const HAWAII = 'Pacific/Honolulu';
const ATLANTIC_NO_DST = 'America/Puerto_Rico';
const GUAM = 'Pacific/Guam';
const SAMOA = 'Pacific/Pago_Pago';

/** For a number of which nothing is known. */
export const MAINLAND_ZONES: readonly string[] = [EASTERN, CENTRAL, MOUNTAIN, PACIFIC];

/** State, zone of its area codes unless AREA_CODE_ZONES says otherwise, area codes. */
const STATE_ROWS: readonly (readonly [state: string, zone: string, areaCodes: string])[] = [
  ['AK', ALASKA, '907'],
  ['AL', CENTRAL, '205 251 256 334 483 659 938'],
  ['AR', CENTRAL, '327 479 501 870'],
  ['AZ', ARIZONA, '480 520 602 623 928'],
  [
    'CA',
    PACIFIC,
    '209 213 279 310 323 341 350 357 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 738 747 760 805 818 820 831 837 840 858 909 916 925 949 951',
  ],
  ['CO', MOUNTAIN, '303 719 720 748 970 983'],
  ['CT', EASTERN, '203 475 860 959'],
  ['DC', EASTERN, '202 771'],
  ['DE', EASTERN, '302'],
  ['FL', EASTERN, '239 305 321 324 352 386 407 448 561 645 656 689 727 728 754 772 786 813 850 863 904 941 954'],
  ['GA', EASTERN, '229 404 470 478 678 706 762 770 912 943'],
  ['HI', HAWAII, '808'],
  ['IA', CENTRAL, '319 515 563 641 712'],
  ['ID', MOUNTAIN, '208 986'],
  ['IL', CENTRAL, '217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 861 872'],
  ['IN', EASTERN, '219 260 317 463 574 765 812 930'],
  ['KS', CENTRAL, '316 620 785 913'],
  ['KY', EASTERN, '270 364 502 606 859'],
  ['LA', CENTRAL, '225 318 337 457 504 985'],
  ['MA', EASTERN, '339 351 413 508 617 774 781 857 978'],
  ['MD', EASTERN, '227 240 301 410 443 667'],
  ['ME', EASTERN, '207'],
  ['MI', EASTERN, '231 248 269 313 517 586 616 679 734 810 906 947 989'],
  ['MN', CENTRAL, '218 320 507 612 651 763 952'],
  ['MO', CENTRAL, '235 314 417 557 573 636 660 816 975'],
  ['MS', CENTRAL, '228 471 601 662 769'],
  ['MT', MOUNTAIN, '406'],
  ['NC', EASTERN, '252 336 472 704 743 828 910 919 980 984'],
  ['ND', CENTRAL, '701'],
  ['NE', CENTRAL, '308 402 531'],
  ['NH', EASTERN, '603'],
  ['NJ', EASTERN, '201 551 609 640 732 848 856 862 908 973'],
  ['NM', MOUNTAIN, '505 575'],
  ['NV', PACIFIC, '702 725 775'],
  ['NY', EASTERN, '212 315 329 332 347 363 465 516 518 585 607 631 646 680 716 718 838 845 914 917 929 934'],
  ['OH', EASTERN, '216 220 234 283 326 330 380 419 436 440 513 567 614 740 937'],
  ['OK', CENTRAL, '405 539 572 580 918'],
  ['OR', PACIFIC, '458 503 541 971'],
  ['PA', EASTERN, '215 223 267 272 412 445 484 570 582 610 717 724 814 835 878'],
  ['RI', EASTERN, '401'],
  ['SC', EASTERN, '803 821 839 843 854 864'],
  ['SD', CENTRAL, '605'],
  ['TN', CENTRAL, '423 615 629 729 731 865 901 931'],
  [
    'TX',
    CENTRAL,
    '210 214 254 281 325 346 361 409 430 432 469 512 621 682 713 726 737 806 817 830 832 903 915 936 940 945 956 972 979',
  ],
  ['UT', MOUNTAIN, '385 435 801'],
  ['VA', EASTERN, '276 434 540 571 686 703 757 804 826 948'],
  ['VT', EASTERN, '802'],
  ['WA', PACIFIC, '206 253 360 425 509 564'],
  ['WI', CENTRAL, '262 274 353 414 534 608 715 920'],
  ['WV', EASTERN, '304 681'],
  ['WY', MOUNTAIN, '307'],
  ['PR', ATLANTIC_NO_DST, '787 939'],
  ['VI', ATLANTIC_NO_DST, '340'],
  ['GU', GUAM, '671'],
  ['MP', GUAM, '670'],
  ['AS', SAMOA, '684'],
];

/**
 * Area codes that differ from their state or lie in two zones. Overlays stand beside the code that they cover,
 * because prefix tables know no exchange detail for new ones; doubtful rows have the wider set.
 */
const AREA_CODE_ZONES: readonly (readonly [areaCodes: string, zones: readonly string[]])[] = [
  ['208 986', ['America/Boise', PACIFIC]],
  ['219', [CENTRAL, EASTERN]],
  ['574 812 930', ['America/Indiana/Indianapolis', CENTRAL]],
  ['270 364 606', [CENTRAL, EASTERN]],
  ['423 729 865', [EASTERN, CENTRAL]],
  ['850 448', [CENTRAL, EASTERN]],
  ['906', ['America/Detroit', 'America/Menominee']],
  ['308 402 531', [CENTRAL, MOUNTAIN]],
  ['605', [CENTRAL, MOUNTAIN]],
  ['701', [CENTRAL, MOUNTAIN]],
  ['620 785', [CENTRAL, MOUNTAIN]],
  ['541 458', [PACIFIC, 'America/Boise']],
  ['775', [PACIFIC, 'America/Boise', MOUNTAIN]],
  ['928', [ARIZONA, MOUNTAIN]],
  ['432', [CENTRAL, MOUNTAIN]],
  ['915', [MOUNTAIN]],
  ['907', [ALASKA, 'America/Adak']],
];

const words = (text: string): readonly string[] => text.split(' ');

const zonesByAreaCode = new Map(
  AREA_CODE_ZONES.flatMap(([areaCodes, zones]) => words(areaCodes).map((code) => [code, zones] as const)),
);

/** US states and territories by area code. */
export const PLACE_BY_AREA_CODE: ReadonlyMap<string, AreaCodePlace> = new Map(
  STATE_ROWS.flatMap(([state, zone, areaCodes]) =>
    words(areaCodes).map((code) => [code, { state, zones: zonesByAreaCode.get(code) ?? [zone] }] as const),
  ),
);

/** An address in a state may lie in any zone of the state: all zones of all its area codes. */
export const ZONES_BY_STATE: ReadonlyMap<string, readonly string[]> = new Map(
  STATE_ROWS.map(([state, , areaCodes]) => [
    state,
    [...new Set(words(areaCodes).flatMap((code) => PLACE_BY_AREA_CODE.get(code)?.zones ?? []))].sort(),
  ]),
);

/** A US number with an address in Canada: the zones count, the provinces have no rule of ours (from general knowledge). */
export const ZONES_BY_PROVINCE: ReadonlyMap<string, readonly string[]> = new Map([
  ['AB', ['America/Edmonton']],
  ['BC', ['America/Edmonton', 'America/Vancouver']],
  ['MB', ['America/Winnipeg']],
  ['NB', ['America/Halifax']],
  ['NL', ['America/Halifax', 'America/St_Johns']],
  ['NS', ['America/Halifax']],
  ['NT', ['America/Edmonton']],
  ['NU', ['America/Edmonton', 'America/Iqaluit', 'America/Winnipeg']],
  ['ON', ['America/Toronto', 'America/Winnipeg']],
  ['PE', ['America/Halifax']],
  ['QC', ['America/Halifax', 'America/Toronto']],
  ['SK', ['America/Edmonton', 'America/Regina']],
  ['YT', ['America/Whitehorse']],
]);

export const TOLL_FREE_AREA_CODES: ReadonlySet<string> = new Set(words('800 833 844 855 866 877 888'));

/** Paid services (900) and personal numbers that follow their owner (5XX): no place, and not a customer's mobile. */
export const PREMIUM_AREA_CODES: ReadonlySet<string> = new Set(
  words('500 521 522 523 524 525 526 527 528 529 532 533 544 566 577 588 900'),
);

/** Its non-geographic codes too. */
const CANADIAN_AREA_CODES: ReadonlySet<string> = new Set([
  ...words(
    '204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 387 403 416 418 428 431 437 438 450 468 474 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942',
  ),
  ...words('600 622 633 644 655 677 688'),
]);

/** By the area code of a number in E.164. */
export const isCanadian = (phone: string): boolean =>
  phone.startsWith('+1') && CANADIAN_AREA_CODES.has(phone.slice(2, 5));

/** Canada, Bermuda and the Caribbean: never recipients of a US campaign. */
export const AREA_CODES_OUTSIDE_US: ReadonlySet<string> = new Set([
  ...CANADIAN_AREA_CODES,
  ...words('242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876'),
]);

/** First and last three-digit ZIP prefix, state (USPS labelling list L002; from general knowledge). */
const ZIP_PREFIXES: readonly (readonly [first: number, last: number, state: string])[] = [
  [5, 5, 'NY'],
  [6, 7, 'PR'],
  [8, 8, 'VI'],
  [9, 9, 'PR'],
  [10, 27, 'MA'],
  [28, 29, 'RI'],
  [30, 38, 'NH'],
  [39, 49, 'ME'],
  [50, 54, 'VT'],
  [55, 55, 'MA'],
  [56, 59, 'VT'],
  [60, 69, 'CT'],
  [70, 89, 'NJ'],
  [100, 149, 'NY'],
  [150, 196, 'PA'],
  [197, 199, 'DE'],
  [200, 200, 'DC'],
  [201, 201, 'VA'],
  [202, 205, 'DC'],
  [206, 219, 'MD'],
  [220, 246, 'VA'],
  [247, 268, 'WV'],
  [270, 289, 'NC'],
  [290, 299, 'SC'],
  [300, 319, 'GA'],
  [320, 339, 'FL'],
  [341, 349, 'FL'],
  [350, 369, 'AL'],
  [370, 385, 'TN'],
  [386, 397, 'MS'],
  [398, 399, 'GA'],
  [400, 427, 'KY'],
  [430, 459, 'OH'],
  [460, 479, 'IN'],
  [480, 499, 'MI'],
  [500, 528, 'IA'],
  [530, 549, 'WI'],
  [550, 567, 'MN'],
  [569, 569, 'DC'],
  [570, 577, 'SD'],
  [580, 588, 'ND'],
  [590, 599, 'MT'],
  [600, 629, 'IL'],
  [630, 658, 'MO'],
  [660, 679, 'KS'],
  [680, 693, 'NE'],
  [700, 714, 'LA'],
  [716, 729, 'AR'],
  [730, 731, 'OK'],
  [733, 733, 'TX'],
  [734, 749, 'OK'],
  [750, 799, 'TX'],
  [800, 816, 'CO'],
  [820, 831, 'WY'],
  [832, 838, 'ID'],
  [840, 847, 'UT'],
  [850, 865, 'AZ'],
  [870, 884, 'NM'],
  [885, 885, 'TX'],
  [889, 898, 'NV'],
  [900, 961, 'CA'],
  [967, 968, 'HI'],
  [969, 969, 'GU'],
  [970, 979, 'OR'],
  [980, 994, 'WA'],
  [995, 999, 'AK'],
];

/** US states and territories by the first three digits of a ZIP code; military mail (090-098, 340, 962-966) has no place. */
export const STATE_BY_ZIP_PREFIX: ReadonlyMap<string, string> = new Map(
  ZIP_PREFIXES.flatMap(([first, last, state]) =>
    Array.from({ length: last - first + 1 }, (_, index) => [String(first + index).padStart(3, '0'), state] as const),
  ),
);

/** All that the version says. */
export const AREA_CODE_TABLES = {
  places: [...PLACE_BY_AREA_CODE],
  zonesByState: [...ZONES_BY_STATE],
  zonesByProvince: [...ZONES_BY_PROVINCE],
  tollFree: [...TOLL_FREE_AREA_CODES],
  premium: [...PREMIUM_AREA_CODES],
  canadian: [...CANADIAN_AREA_CODES],
  outsideUs: [...AREA_CODES_OUTSIDE_US],
  stateByZipPrefix: [...STATE_BY_ZIP_PREFIX],
};
