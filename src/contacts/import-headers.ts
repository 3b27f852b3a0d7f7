import type { ImportField } from './import-target.ts';

/** How a column is understood from its header alone. */
export interface HeaderMeaning {
  readonly field: ImportField;
  /** Of phone columns: the lower number is asked first. */
  readonly rank: number;
}

/** `Teléfono (móvil)` is `telefonomovil`: case, accents, blanks and punctuation do not tell headers apart. */
export const normaliseHeader = (header: string): string =>
  header
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

export const headerMeaning = (header: string): HeaderMeaning | undefined => MEANINGS.get(normaliseHeader(header));

/** Headers that hold a first name beside a column of last names, and a whole name without one. */
export const isPlainName = (header: string): boolean => ['name', 'nombre', 'nombres'].includes(normaliseHeader(header));

export const isNotes = (header: string): boolean =>
  ['notes', 'note', 'comments', 'comment', 'notas', 'nota', 'comentarios', 'observaciones'].includes(
    normaliseHeader(header),
  );

/** English and Spanish headers of CRMs, phones, invoicing programs and hand-made sheets, normalised. */
const HEADERS: readonly (readonly [field: ImportField, rank: number, headers: string])[] = [
  [
    'phone',
    1,
    'mobile mobilephone mobilenumber mobileno mobilephonenumber phonemobile mobiletelephone sms smsnumber smsphone textnumber textphone movil telefonomovil numeromovil whatsapp',
  ],
  [
    'phone',
    2,
    'cell cellphone cellnumber cellphonenumber cellular phonecell celular telefonocelular numerocelular numerodecelular cel',
  ],
  [
    'phone',
    3,
    'phone phonenumber phoneno phonenum ph telephone telephonenumber tel number contactnumber contactphone primaryphone mainphone bestphone defaultphone customerphone clientphone billingphone phone1 phone1value phonenumber1 e164 msisdn telefono numero numerodetelefono numerotelefono telefonoprincipal telefono1',
  ],
  [
    'phone',
    4,
    'homephone phonehome hometelephone workphone phonework businessphone phonebusiness officephone companyphone phone2 phone2value phonenumber2 phone3 phone3value otherphone phoneother secondaryphone alternatephone altphone daytimephone eveningphone telefonocasa telefonodecasa telefonotrabajo telefonodetrabajo telefono2',
  ],
  [
    'firstName',
    1,
    'firstname first fname givenname forename contactfirstname customerfirstname clientfirstname primernombre',
  ],
  [
    'lastName',
    1,
    'lastname last lname surname familyname contactlastname customerlastname clientlastname apellido apellidos',
  ],
  [
    'fullName',
    1,
    'name fullname contactname contact customername customer clientname client displayname leadname nombre nombres nombrecompleto nombreyapellido nombreyapellidos cliente nombrecliente nombredelcliente contacto',
  ],
  [
    'email',
    1,
    'email emailaddress mail email1 email1value emailaddress1 primaryemail correo correoelectronico direcciondecorreo',
  ],
  [
    'company',
    1,
    'company companyname organization organisation organizationname organization1name business businessname account accountname employer empresa compania negocio nombredeempresa',
  ],
  [
    'street',
    1,
    'street street1 address address1 addr addr1 addressline1 streetaddress streetaddress1 mailingaddress mailingstreet homeaddress homestreet serviceaddress servicestreet billingaddress billingstreet billingaddress1 propertyaddress jobaddress direccion calle domicilio address1street street2 address2 addressline2 streetaddress2 billingaddress2 apt apartment unit suite direccion2',
  ],
  [
    'city',
    1,
    'city town mailingcity billingcity homecity servicecity jobcity address1city ciudad municipio localidad poblacion',
  ],
  [
    'state',
    1,
    'state st province stateprovince stateregion region statecode mailingstate billingstate homestate servicestate address1region estado provincia',
  ],
  [
    'postalCode',
    1,
    'zip zipcode zip5 postalcode postcode postal zippostal zippostalcode ziporpostalcode mailingzip mailingzipcode mailingpostalcode billingzip billingzipcode billingpostalcode homezip servicezip address1postalcode cp codigopostal',
  ],
  [
    'tags',
    1,
    'tags tag labels label groups group groupmembership lists list segments categories category etiquetas etiqueta grupos categorias',
  ],
  [
    'consentKind',
    1,
    'consent consentkind consenttype consentpurpose consentstatus smsconsent smsconsentstatus textconsent optin optinstatus smsoptin smsoptinstatus textoptin marketingconsent smsmarketingconsent acceptssms acceptssmsmarketing smsmarketing smsmarketingstatus smspermission textpermission consentimiento tipodeconsentimiento',
  ],
  [
    'consentMethod',
    1,
    'consentmethod consentsource howconsented optinmethod optinsource smsoptinsource smsoptinmethod origendelconsentimiento',
  ],
  [
    'consentWording',
    1,
    'consenttext consentwording consentlanguage consentdisclosure disclosure disclosuretext textodelconsentimiento',
  ],
  [
    'consentDate',
    1,
    'consentdate consenttime consenttimestamp consentedat consentedon optindate optintime optintimestamp optedinat optedinon smsoptindate smsconsentdate fechadeconsentimiento',
  ],
  [
    'consentPage',
    1,
    'consentpage consentpageurl consenturl consentformurl consentsourceurl optinpage optinpageurl optinurl optinformurl smsoptinurl paginadelconsentimiento',
  ],
  [
    'consentIp',
    1,
    'consentip consentipaddress optinip optinipaddress smsoptinip smsoptinipaddress ipdelconsentimiento',
  ],
  ['consentUserAgent', 1, 'consentuseragent consentbrowser optinuseragent optinbrowser'],
  [
    'consentRecording',
    1,
    'consentrecording consentrecordingurl consentdocument consentdocumenturl optinrecording optinrecordingurl grabaciondelconsentimiento',
  ],
  [
    'consentVersion',
    1,
    'consentversion consenttextversion consentwordingversion disclosureversion versiondelconsentimiento',
  ],
  [
    'optOut',
    1,
    'optout optedout smsoptout smsoptedout textoptout textoptedout optoutdate optedoutat smsoptoutdate unsubscribed smsunsubscribed donottext donotsms donotcontact donotcall dnc nosms nomolestar',
  ],
];

const MEANINGS: ReadonlyMap<string, HeaderMeaning> = new Map(
  HEADERS.flatMap(([field, rank, headers]) => headers.split(' ').map((header) => [header, { field, rank }] as const)),
);
