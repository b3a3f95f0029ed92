//! The macro that declares the events of one sort of log.

macro_rules! events {
    ($( #[doc = $enum_doc:literal] )+ $enum_name:ident; $(
        #[doc = $doc:literal]
        $kind:literal $name:ident by $who:literal when $when:literal {
            $( #[doc = $field_doc:literal] $( #[serde $serde:tt] )? $field:ident: $type:ty, )+
        }
    )+) => {
        $(
            #[doc = $doc]
            #[doc = ""]
            #[doc = concat!("Kind `", $kind, "`. Who: ", $who, ". When: ", $when, ".")]
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name {
                $( #[doc = $field_doc] $( #[serde $serde] )? pub $field: $type, )+
            }

            impl From<$name> for $enum_name {
                fn from(event: $name) -> Self {
                    Self::$name(event)
                }
            }
        )+

        $( #[doc = $enum_doc] )+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $enum_name {
            $( #[doc = $doc] $name($name), )+
        }

        impl LogEvent for $enum_name {
            const TABLE: &'static [EventRow] = &[$(EventRow {
                kind: $kind,
                doc: $doc,
                who: $who,
                when: $when,
                fields: &[$(FieldRow { name: stringify!($field), doc: $field_doc }),+],
            }),+];

            fn kind(&self) -> &'static str {
                match self {
                    $( Self::$name(_) => $kind, )+
                }
            }

            fn data_text(&self) -> Result<String, ReadError> {
                match self {
                    $( Self::$name(event) => canonical::to_text(event), )+
                }
            }

            fn from_canonical(kind: &str, data: &str) -> Result<Self, EventError> {
                match kind {
                    $( $kind => canonical::from_canonical(data).map(Self::$name).map_err(EventError::Data), )+
                    _ => Err(EventError::Kind(kind.to_owned())),
                }
            }

            fn at_once(kind: &str, data: &str) -> Option<Self> {
                match kind {
                    $( $kind => canonical::at_once(data).map(Self::$name), )+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use events;
