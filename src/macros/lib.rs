//! The attribute [`macro@boxed`].

use proc_macro::TokenStream;
use proc_macro2::Span;
use quote::ToTokens as _;
use syn::visit_mut::{self, VisitMut};
use syn::{ItemFn, Lifetime, Receiver, ReturnType, Type, TypeReference, parse_macro_input, parse_quote};

/// Makes an `async fn` return a boxed future that is `Send`.
///
/// Such a function is compiled once, in the crate that defines it. A plain `async fn` is compiled again in every crate
/// that awaits it, with everything that it awaits in turn: an edit of one page would compile all use cases and statements.
/// The functions of `store` and `app` that other crates call have it; what it costs is one allocation a call.
///
/// Crates that do the like: async-recursion refuses `Ask<'_>`, async-trait takes traits only.
#[proc_macro_attribute]
pub fn boxed(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = parse_macro_input!(item as ItemFn);
    let mut names = NameLifetimes::default();
    function.sig.inputs.iter_mut().for_each(|argument| names.visit_fn_arg_mut(argument));
    let mut output: Type = match &function.sig.output {
        ReturnType::Default => parse_quote!(()),
        ReturnType::Type(_, output) => (**output).clone(),
    };
    let named = names.named.clone();
    names.for_output = named.first().cloned();
    names.visit_type_mut(&mut output);
    let body = &function.block;
    *function.block = parse_quote!({ ::std::boxed::Box::pin(async move #body) });
    function.sig.asyncness = None;
    function.sig.generics.params.insert(0, parse_quote!('f));
    for (place, lifetime) in named.into_iter().enumerate() {
        function.sig.generics.params.insert(place + 1, parse_quote!(#lifetime: 'f));
    }
    function.sig.output = parse_quote! {
        -> ::std::pin::Pin<::std::boxed::Box<dyn ::std::future::Future<Output = #output> + ::std::marker::Send + 'f>>
    };
    function.into_token_stream().into()
}

/// Names every lifetime that is left out: among the arguments each gets a name of its own, and the result the first of
/// these, which is that of `self` where there is one.
#[derive(Default)]
struct NameLifetimes {
    named: Vec<Lifetime>,
    for_output: Option<Lifetime>,
}

impl NameLifetimes {
    fn next(&mut self) -> Lifetime {
        if let Some(lifetime) = &self.for_output {
            return lifetime.clone();
        }
        let lifetime = Lifetime::new(&format!("'f{}", self.named.len()), Span::call_site());
        self.named.push(lifetime.clone());
        lifetime
    }
}

impl VisitMut for NameLifetimes {
    fn visit_receiver_mut(&mut self, receiver: &mut Receiver) {
        if let Some((_, lifetime @ None)) = &mut receiver.reference {
            let name = self.next();
            if let Type::Reference(reference) = &mut *receiver.ty {
                reference.lifetime = Some(name.clone());
            }
            *lifetime = Some(name);
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.next());
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" {
            *lifetime = self.next();
        }
    }
}
